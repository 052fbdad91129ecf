--- A function of batches applied to whatever holds samples, in batches, with one
--- result for all.
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local shapes = require "aelua.base.shapes"

local is_batch, is_tensor, ops, scope = core.is_batch, core.is_tensor, core.ops, core.scope

local M = {}

local function check_tensor(who, name, t, shape)
  if not is_batch(t, shape) then
    errors.raise("shape", ("%s wants %s%s, got %s"):format(who, name, shapes.batch_text(shape), shapes.text(t.shape)))
  end
  return #t
end

-- The number of samples of a tensor or of named ones.
local function check(who, batch, shape)
  if is_tensor(batch) then
    if #shape == 0 and next(shape) ~= nil then errors.raise("type", who .. " wants named tensors, got one") end
    return check_tensor(who, "", batch, shape)
  end
  errors.check(type(batch) == "table" and #shape == 0, "type", "%s wants a tensor, got %s", who, type(batch))
  local count
  for name, one in pairs(shape) do
    errors.check(is_tensor(batch[name]), "type", "%s wants a tensor '%s', got %s", who, name, type(batch[name]))
    local n = check_tensor(who, name .. " ", batch[name], one)
    errors.check(not count or n == count, "shape", "%s: named tensors hold %s and %s samples", who, count, n)
    count = n
  end
  for name in pairs(batch) do errors.check(shape[name], "invalid", "%s: the model has no input '%s'", who, tostring(name)) end
  return count
end

-- Samples first..first+count-1.
local function part(batch, first, count)
  if is_tensor(batch) then return ops.narrow(batch, 1, first, count) end
  local result = {}
  for name, one in pairs(batch) do result[name] = ops.narrow(one, 1, first, count) end
  return result
end

-- Copies one batch's results into their samples' place in `all`, which is made at
-- the first; lets go of them.
local function put(all, results, first, total)
  if is_tensor(results) then
    local shape = results.shape
    local count = shape[1]
    if count == total then return results end
    if not all then
      shape[1] = total
      all = ops.zeros(shape, { dtype = results.dtype })
    end
    ops.narrow(all, 1, first, count):copy_(results)
    results:free()
    return all
  end
  all = all or {}
  for name, one in pairs(results) do all[name] = put(all[name], one, first, total) end
  return all
end

--- fn of every batch of `data`, in order, as one tensor or table of named ones.
---@param who string how messages begin
---@param dataset fun(value: any): table
---@param data any a tensor [N, shape...], a table of named ones, or what dataset takes
---@param size integer samples in a batch
---@param shape table of a sample
---@param fn fun(model: table, input: any, batch: table?): any of an input, and the batch of the data set that it came in
---@param model table what fn is given first
---@return aelua.Tensor|table
function M.map(who, dataset, data, size, shape, fn, model)
  local all
  if is_tensor(data) or (type(data) == "table" and getmetatable(data) == nil) then
    local total = check(who, data, shape)
    if total <= size then return scope(fn, model, data) end
    for first = 1, total, size do
      local results = scope(function() return fn(model, part(data, first, math.min(size, total - first + 1))) end)
      all = put(all, results, first, total)
    end
    return all
  end
  local set = dataset(data)
  local total, first = #set, 1
  errors.check(total > 0, "invalid", "%s: the data set is empty", who)
  for batch in set:batches { size = math.min(size, total), training = false } do
    local count = check(who, batch.input, shape)
    all = put(all, scope(fn, model, batch.input, batch), first, total)
    first = first + count
  end
  return all
end

return M
