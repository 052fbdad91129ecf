--- Labels as they come (numbers, texts) and as they are kept: numbered from 1,
--- with the names beside. Order of classes: numbers by size, then texts.
local core = require "aelua.core"
local errors = require "aelua.base.errors"

local M = {}

local function before(a, b)
  local x, y = tonumber(a), tonumber(b)
  if x and y then return x < y end
  if x or y then return x ~= nil end
  return a < b
end

local function name_of(who, value)
  if type(value) == "string" then return value end
  local whole = type(value) == "number" and math.tointeger(value)
  errors.check(whole, "type", "%s: labels want whole numbers or texts, got %s", who, errors.shown(value))
  return tostring(whole)
end

local function positions(classes)
  local places = {}
  for i, name in ipairs(classes) do places[name] = i end
  return places
end

--- Labels numbered from 1. With `classes`, numbers are taken as places in it and
--- texts as its names; without, the different values become the classes.
---@param who string
---@param values userdata|any[] [N] u8 or i32, or a list of whole numbers or texts
---@param classes? string[]
---@return userdata labels [N] i32
---@return string[] classes
function M.number(who, values, classes)
  if core.is_tensor(values) then
    errors.check(values.ndim == 1 and (values.dtype == "u8" or values.dtype == "i32"), "shape",
      "%s: labels want a tensor [N] of u8 or i32", who)
    values = values:totable()
  end
  errors.check(type(values) == "table", "type", "%s: labels want a tensor [N] or a list, got %s", who, type(values))
  local labels = {}
  if classes then
    local places = positions(classes)
    for i, value in ipairs(values) do
      local label = type(value) == "string" and places[value] or math.tointeger(value)
      errors.check(label and label >= 1 and label <= #classes, "invalid", "%s: label %d is %s; there are %d classes",
        who, i, errors.shown(value), #classes)
      labels[i] = label
    end
    return core.tensor(labels, { dtype = "i32" }), classes
  end
  local names, known, name_for = {}, {}, {}
  for _, value in ipairs(values) do
    if not name_for[value] then
      local name = name_of(who, value)
      name_for[value] = name
      if not known[name] then
        known[name] = true
        names[#names + 1] = name
      end
    end
  end
  table.sort(names, before)
  local places = positions(names)
  for i, value in ipairs(values) do labels[i] = places[name_for[value]] end
  return core.tensor(labels, { dtype = "i32" }), names
end

--- Labels of two parts in one numbering; those that have no names keep their numbers.
---@return userdata a
---@return userdata b
---@return string[]? classes
function M.unite(a, a_classes, b, b_classes)
  errors.check((a_classes ~= nil) == (b_classes ~= nil), "state", "labels of some of the data sets have names, of some have not")
  if not a_classes then return a, b, nil end
  if table.concat(a_classes, "\0") == table.concat(b_classes, "\0") then return a, b, a_classes end
  local names, seen = {}, {}
  for _, list in ipairs { a_classes, b_classes } do
    for _, name in ipairs(list) do
      if not seen[name] then
        seen[name] = true
        names[#names + 1] = name
      end
    end
  end
  table.sort(names, before)
  local places = positions(names)
  local function renumber(labels, classes)
    local values = labels:totable()
    for i, label in ipairs(values) do values[i] = places[classes[label]] end
    return core.tensor(values, { dtype = "i32" })
  end
  return renumber(a, a_classes), renumber(b, b_classes), names
end

return M
