--- Which samples: seeds, weights, and the parts of a split.
local core = require "aelua.core"
local errors = require "aelua.base.errors"

local ops = core.ops

local M = {}

--- A seed from the context's random stream.
---@return integer
function M.draw_seed() return math.tointeger(ops.randint({}, 0, 2 ^ 31 - 1 | 0):item()) end

local function class_weights(set)
  local labels = set:labels()
  errors.check(labels, "invalid", "Dataset:batches: balanced wants labels, the data has none")
  local list, counts = labels:totable(), {}
  for _, label in ipairs(list) do counts[label] = (counts[label] or 0) + 1 end
  for i, label in ipairs(list) do list[i] = 1 / counts[label] end
  return core.tensor(list)
end

--- The weights that options of batches ask for; nil: every sample once.
---@return userdata? [N] real
function M.weights(set, o)
  errors.check(not (o.weights and o.balanced), "invalid", "Dataset:batches takes weights or balanced, not both")
  errors.check(not (o.shuffle and (o.weights or o.balanced)), "invalid",
    "Dataset:batches: samples drawn by weight have no order to shuffle")
  if o.balanced then return class_weights(set) end
  if not o.weights then return nil end
  local weights = core.is_tensor(o.weights) and o.weights or core.tensor(o.weights)
  errors.check(weights.ndim == 1 and #weights == #set, "shape", "Dataset:batches: weights want [%d], got [%s]",
    #set, table.concat(weights.shape, ", "))
  return weights
end

-- The numbers of samples that `sizes` asks for.
local function counts(total, sizes)
  local list = type(sizes) == "number" and { sizes } or sizes
  errors.check(type(list) == "table" and #list > 0, "invalid",
    "Dataset:split wants a share, or a list of shares or numbers, got %s", type(sizes))
  local result, used = {}, 0
  local shares = true
  for i, size in ipairs(list) do
    errors.check(type(size) == "number" and size > 0, "invalid", "Dataset:split: part %d wants a positive number, got %s",
      i, tostring(size))
    shares = shares and size <= 1 and math.type(size) == "float"
  end
  for i, size in ipairs(list) do
    errors.check(shares or size % 1 == 0, "invalid", "Dataset:split: part %d is %s: shares and numbers do not mix", i, size)
    result[i] = shares and math.floor(size * total + 0.5) or math.tointeger(size)
    used = used + result[i]
  end
  if shares and used > total and used - total < #list then result[#result] = result[#result] - (used - total) end
  errors.check(used <= total or shares, "invalid", "Dataset:split wants %d samples, there are %d", used, total)
  used = 0
  for i = 1, #result do used = used + result[i] end
  errors.check(used <= total, "invalid", "Dataset:split: the shares add up to more than 1")
  if type(sizes) == "number" then result[2] = total - used end
  return result
end

local function in_order(n, o, salt)
  if not o.shuffle then return ops.arange(1, n + 1, 1, "i32"):totable() end
  return ops.sample_shuffled(n, o.seed, salt):totable()
end

local function take(list, sizes, parts)
  local at = 0
  for i, size in ipairs(sizes) do
    parts[i] = parts[i] or {}
    table.move(list, at + 1, at + size, #parts[i] + 1, parts[i])
    at = at + size
  end
end

-- Each class is split by the same shares; parts are then mixed.
local function stratified(set, sizes, o)
  local labels = errors.check(set:labels(), "invalid", "Dataset:split: stratify wants labels, the data has none"):totable()
  local members = {}
  for i, label in ipairs(labels) do
    members[label] = members[label] or {}
    table.insert(members[label], i)
  end
  local order = {}
  for label in pairs(members) do order[#order + 1] = label end
  table.sort(order)
  local parts, taken = {}, {}
  local before = 0
  for _, label in ipairs(order) do
    local list, own = {}, {}
    for i, position in ipairs(in_order(#members[label], o, label)) do list[i] = members[label][position] end
    before = before + #list
    -- What has been handed out so far keeps to the shares, so that rounding does not add up.
    for i, size in ipairs(sizes) do
      local due = math.floor(size * before / #labels + 0.5) - (taken[i] or 0)
      own[i] = math.max(0, due)
      taken[i] = (taken[i] or 0) + own[i]
    end
    take(list, own, parts)
  end
  return parts
end

--- Positions (from 1) of the samples of each part.
---@return integer[][]
function M.split(set, sizes, o)
  local wanted = counts(#set, sizes)
  if o.shuffle then o.seed = o.seed or M.draw_seed() end
  local parts = {}
  if o.stratify then
    parts = stratified(set, wanted, o)
  else
    take(in_order(#set, o, 0), wanted, parts)
  end
  for i, part in ipairs(parts) do
    errors.check(#part > 0, "invalid", "Dataset:split: part %d of %d samples is empty", i, #set)
  end
  return parts
end

return M
