--- Which samples go to which part of a data set.
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local Sampler = require "aelua.data.sampler"

local ops = core.ops

local M = {}

--- 1..n in random order.
---@param who string
---@param n integer
---@param given? { seed?: integer }
---@return userdata [n] i32
function M.order(who, n, given)
  local o = options.check(who, given, { seed = { type = "integer" } })
  return ops.sample_shuffled(n, o.seed or Sampler.draw_seed(), 0)
end

local who = "Dataset:split"

local function to_sizes(parts, n)
  errors.check(#parts > 0, "invalid", "%s: wants shares or counts", who)
  local counted = math.type(parts[1]) == "integer"
  local sizes, sum, used = {}, 0, 0
  for i, part in ipairs(parts) do
    local fits = math.type(part) == (counted and "integer" or "float") and part > 0
    errors.check(fits, "invalid", "%s: wants shares (0.8) or counts (800) above 0, and not both; got %s", who,
      errors.shown(part))
    sum = sum + part
    -- Rounding the running sum keeps the total.
    sizes[i] = counted and part or math.floor(sum * n + 0.5) - used
    used = used + sizes[i]
  end
  if counted then
    errors.check(sum <= n, "invalid", "%s: parts of %d samples together, the data set has %d", who, sum, n)
  else
    errors.check(sum <= 1 + 1e-9, "invalid", "%s: shares add up to %s, more than 1", who, sum)
  end
  local rest = n - used
  if counted and rest > 0 or not counted and sum < 1 - 1e-9 then sizes[#sizes + 1] = rest end
  for i, size in ipairs(sizes) do
    errors.check(size > 0, "invalid", "%s: part %d of %d samples is empty", who, i, n)
  end
  return sizes
end

local function contiguous(order, sizes)
  local parts, first = {}, 1
  for i, size in ipairs(sizes) do
    parts[i] = ops.narrow(order, 1, first, size)
    first = first + size
  end
  return parts
end

-- Each class in order of appearance, cut where the running share of sizes falls.
local function stratified(order, labels, sizes, n)
  local totals, seen, lists = {}, {}, {}
  for _, label in ipairs(labels) do totals[label] = (totals[label] or 0) + 1 end
  for i = 1, #sizes do lists[i] = {} end
  for _, place in ipairs(order) do
    local label = labels[place]
    seen[label] = (seen[label] or 0) + 1
    local part, bound = 0, 0
    repeat
      part = part + 1
      bound = bound + sizes[part]
    until part == #sizes or seen[label] <= math.floor(totals[label] * bound / n + 0.5)
    local list = lists[part]
    list[#list + 1] = place
  end
  for i, list in ipairs(lists) do
    errors.check(#list > 0, "invalid", "%s: part %d is empty: no class has samples for it", who, i)
    lists[i] = core.tensor(list, { dtype = "i32" })
  end
  return lists
end

--- The places of each part.
---@param dataset aelua.Dataset
---@param ... number|table
---@return userdata[] of [n] i32
function M.orders(dataset, ...)
  local parts = { ... }
  local given = type(parts[#parts]) == "table" and #parts[#parts] == 0 and table.remove(parts) or nil
  if type(parts[1]) == "table" and #parts == 1 then parts = parts[1] end
  local o = options.check(who, given, {
    seed = { type = "integer" }, shuffle = { type = "boolean", default = true },
    stratify = { type = "boolean", default = false },
  })
  errors.check(o.shuffle or not o.seed, "invalid", "%s: seed wants shuffle", who)
  local n = #dataset
  local sizes = to_sizes(parts, n)
  local order = o.shuffle and M.order(who, n, { seed = o.seed }) or ops.arange(1, n + 1, { dtype = "i32" })
  if not o.stratify then return contiguous(order, sizes) end
  errors.check(dataset.label, "state", "%s: stratify wants a data set with labels", who)
  return stratified(order:totable(), dataset:labels():totable(), sizes, n)
end

return M
