--- What can be drawn: named curves, from a history, from numbers by name, or
--- from a list of { name =, x =, y = }.
local errors = require "aelua.base.errors"
local names = require "aelua.base.names"

local M = {}

---@class aelua.Curve
---@field name string
---@field x number[]
---@field y number[] as long as x; what is not finite leaves a gap

local function count_up(n)
  local x = {}
  for i = 1, n do x[i] = i end
  return x
end

local function numbers(who, name, list)
  errors.check(type(list) == "table" and #list > 0, "invalid", "%s: '%s' wants a list of numbers", who, name)
  for i, value in ipairs(list) do
    errors.check(type(value) == "number", "invalid", "%s: '%s' has %s at %d, wants numbers", who, name, type(value), i)
  end
  return list
end

local function from_history(who, history, columns)
  local rows = history.epochs
  errors.check(#rows > 0, "invalid", "%s: the history is empty", who)
  local wanted = columns
  if not wanted then
    wanted = { "loss" }
    if rows[1].val_loss then wanted[2] = "val_loss" end
  end
  local curves = {}
  for i, name in ipairs(wanted) do
    errors.check(rows[1][name], "invalid", "%s: the history has no '%s'%s", who, name, names.hint(name, rows[1]))
    local x, y = {}, {}
    for k, row in ipairs(rows) do x[k], y[k] = row.epoch, row[name] or 0 / 0 end
    curves[i] = { name = name, x = x, y = y }
  end
  return curves
end

local function from_list(who, list)
  local curves = {}
  for i, one in ipairs(list) do
    errors.check(type(one) == "table", "invalid", "%s: curve %d wants { name =, x =, y = }, got %s", who, i, type(one))
    local name = one.name or ("curve " .. i)
    local y = numbers(who, name, one.y)
    local x = one.x and numbers(who, name, one.x) or count_up(#y)
    errors.check(#x == #y, "shape", "%s: '%s' has %d x and %d y", who, name, #x, #y)
    curves[i] = { name = name, x = x, y = y }
  end
  return curves
end

local function from_names(who, by_name)
  local order, curves = {}, {}
  for name in pairs(by_name) do order[#order + 1] = tostring(name) end
  table.sort(order)
  for i, name in ipairs(order) do
    local y = numbers(who, name, by_name[name])
    curves[i] = { name = name, x = count_up(#y), y = y }
  end
  return curves
end

--- The curves of `what`.
---@param who string how messages begin
---@param what aelua.History|table<string, number[]>|aelua.Curve[]|number[]
---@param columns? string[] of a history; default: loss, and val_loss where there is one
---@return aelua.Curve[]
function M.curves(who, what, columns)
  errors.check(type(what) == "table" and next(what) ~= nil, "invalid", "%s wants a history or curves, got %s", who,
    type(what) == "table" and "an empty table" or type(what))
  if type(what.epochs) == "table" then return from_history(who, what, columns) end
  errors.check(not columns, "invalid", "%s: the option 'columns' goes with a history", who)
  if type(what[1]) == "number" then return from_list(who, { { name = "value", y = what } }) end
  if what[1] ~= nil then return from_list(who, what) end
  return from_names(who, what)
end

local function finite(value) return value - value == 0 end

--- The least and the greatest finite value of one coordinate; with `positive`,
--- of those above 0. nil where there is none.
---@param curves aelua.Curve[]
---@param key "x"|"y"
---@param positive? boolean
function M.range(curves, key, positive)
  local low, high
  for _, curve in ipairs(curves) do
    for _, value in ipairs(curve[key]) do
      if finite(value) and not (positive and value <= 0) then
        low, high = math.min(low or value, value), math.max(high or value, value)
      end
    end
  end
  return low, high
end

return M
