--- Whole numbers that come alone or in a list: sizes, strides, shifts.
local errors = require "aelua.base.errors"
local shapes = require "aelua.base.shapes"

local M = {}

--- A copy of a list of whole numbers, or nil where the value is none. A number
--- stands for a list of one.
---@param value any
---@param counts table<integer, boolean?> which lengths are taken
---@param least integer
---@return integer[]?
function M.list(value, counts, least)
  if type(value) == "number" then value = { value } end
  local fits = type(value) == "table" and counts[#value]
  local list = {}
  for key, one in pairs(fits and value or {}) do
    local whole = type(one) == "number" and math.tointeger(one)
    fits = fits and math.type(key) == "integer" and whole and whole >= least
    if fits then list[key] = whole end
  end
  return fits and list or nil
end

--- One number for each side; raises on anything else.
---@param who string how messages begin
---@param name string of the option
---@param value any a number counts for every side
---@param sides integer 1, or 2: {height, width}
---@param least integer
---@return integer[]
function M.of_sides(who, name, value, sides, least)
  local list = M.list(value, { true, sides == 2 or nil }, least)
  errors.check(list, "invalid", "%s: %s wants %s of at least %d, got %s", who, name,
    sides == 2 and "an integer or {height, width}" or "an integer", least, shapes.text(value))
  return sides == 2 and { list[1], list[2] or list[1] } or list
end

return M
