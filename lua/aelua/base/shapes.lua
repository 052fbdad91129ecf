--- Shapes of samples: lists of sizes without the batch dimension, or tables of
--- such lists by name.
local core = require "aelua.core"
local errors = require "aelua.base.errors"

local M = {}

local function quote(value) return type(value) == "string" and ("'%s'"):format(value) or errors.shown(value) end

--- "[28, 28, 1]", or "{a = [3], b = [4]}"; of anything else what a message can say.
---@param shape any
---@return string
function M.text(shape)
  if type(shape) ~= "table" then return quote(shape) end
  if #shape > 0 or next(shape) == nil then
    local sizes = {}
    for i, size in ipairs(shape) do sizes[i] = quote(size) end
    return "[" .. table.concat(sizes, ", ") .. "]"
  end
  local parts = {}
  for name, one in pairs(shape) do parts[#parts + 1] = ("%s = %s"):format(name, M.text(one)) end
  table.sort(parts)
  return "{" .. table.concat(parts, ", ") .. "}"
end

--- The same of a batch: "[N, 28, 28, 1]".
---@param shape any
---@return string
function M.batch_text(shape)
  if type(shape) ~= "table" then return tostring(shape) end
  if #shape > 0 or next(shape) == nil then return "[" .. table.concat({ "N", table.unpack(shape) }, ", ") .. "]" end
  local parts = {}
  for name, one in pairs(shape) do parts[name] = M.batch_text(one) end
  return M.text(parts)
end

local function check_list(who, shape)
  local copy = {}
  for i, size in ipairs(shape) do
    local whole = type(size) == "number" and math.tointeger(size)
    errors.check(whole and whole >= 1, "invalid", "%s: size %d of a shape wants a positive integer, got %s", who, i,
      errors.shown(size))
    copy[i] = whole
  end
  return copy
end

--- A copy of a shape, or of named shapes. A number stands for a list of one.
---@param who string how messages begin
---@param shape any
---@return table
function M.check(who, shape)
  if type(shape) == "number" then shape = { shape } end
  errors.check(type(shape) == "table", "invalid", "%s wants the shape of a sample, such as {28, 28, 1}, got %s",
    who, type(shape))
  if #shape > 0 then return check_list(who, shape) end
  local copy = {}
  for name, one in pairs(shape) do
    errors.check(type(name) == "string" and type(one) == "table" and #one > 0, "invalid",
      "%s wants a shape such as {28, 28, 1}, or named shapes", who)
    copy[name] = check_list(who, one)
  end
  errors.check(next(copy), "invalid", "%s wants a shape of at least one dimension", who)
  return copy
end

--- How many elements a shape, or named shapes together, have. Raises where that overflows.
---@param shape table
---@param who? string how the message begins
---@return integer
function M.count(shape, who)
  if #shape == 0 and next(shape) ~= nil then
    local total = 0
    for _, one in pairs(shape) do total = total + M.count(one, who) end
    return total
  end
  local count = 1
  for _, size in ipairs(shape) do
    if size > 0 and count > math.maxinteger // size then
      errors.raise("overflow", ("%sthe shape %s has more elements than 64 bits can count"):format(
        who and who .. ": " or "", M.text(shape)))
    end
    count = count * size
  end
  return count
end

---@param a table
---@param b table
---@return boolean
function M.equal(a, b)
  if #a ~= #b then return false end
  for i = 1, #a do
    if a[i] ~= b[i] then return false end
  end
  if #a > 0 then return true end
  for name, one in pairs(a) do
    if not b[name] or not M.equal(one, b[name]) then return false end
  end
  for name in pairs(b) do
    if not a[name] then return false end
  end
  return true
end

--- The shape of a sample of a batch: a tensor [N, ...] or a table of them.
---@param batch aelua.Tensor|table
---@return table
function M.of_sample(batch)
  if core.is_tensor(batch) then
    local shape = batch.shape
    return table.move(shape, 2, #shape, 1, {})
  end
  errors.check(type(batch) == "table", "type", "wants a tensor [N, ...] or a table of named ones, got %s",
    batch == nil and "nothing" or type(batch))
  local shape = {}
  for name, one in pairs(batch) do shape[name] = M.of_sample(one) end
  return shape
end

--- One sample of zeros: [1, ...].
---@param shape table
---@return aelua.Tensor|table
function M.zeros(shape)
  if #shape > 0 then return core.ops.zeros({ 1, table.unpack(shape) }) end
  local batch = {}
  for name, one in pairs(shape) do batch[name] = M.zeros(one) end
  return batch
end

return M
