--- Numbers for the sides that a kernel or window slides along: in one dimension
--- one, in two {height, width}; padding also for each end of each.
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local shapes = require "aelua.base.shapes"

local M = {}

local layouts = { "[T, C]", "[H, W, C]" }

local function whole_numbers(value, counts, least)
  if type(value) == "number" then value = { value } end
  local fits = type(value) == "table" and counts[#value] ~= nil
  local list = {}
  for key, one in pairs(fits and value or {}) do
    local whole = type(one) == "number" and math.tointeger(one)
    fits = fits and math.type(key) == "integer" and whole and whole >= least
    if fits then list[key] = whole end
  end
  return fits and list or nil
end

--- One number for each side.
---@param who string how messages begin
---@param name string of the option
---@param value integer|integer[] a number counts for every side
---@param sides integer 1 or 2
---@param least integer
---@return integer[]
function M.numbers(who, name, value, sides, least)
  local list = whole_numbers(value, { true, sides == 2 or nil }, least)
  errors.check(list, "invalid", "%s: %s wants %s of at least %d, got %s", who, name,
    sides == 2 and "an integer or {height, width}" or "an integer", least, shapes.text(value))
  return sides == 2 and { list[1], list[2] or list[1] } or list
end

--- "valid", "same", or numbers for both ends of each side.
---@param who string
---@param value string|integer|integer[] one for all, one for each side, or one for each end
---@param sides integer 1 or 2
---@param name? string of the option; default "padding"
---@return string|integer[] {before, after}, {top, bottom, left, right}
function M.padding(who, value, sides, name)
  if not name and (value == "valid" or value == "same") then return value end
  local list = whole_numbers(value, { true, true, nil, sides == 2 or nil }, 0)
  errors.check(list, "invalid", "%s: %s wants %s%s, got %s", who, name or "padding", name and "" or '"valid", "same", ',
    sides == 2 and "an integer, {height, width} or {top, bottom, left, right}" or "an integer or {before, after}",
    shapes.text(value))
  local a, b = list[1], list[2] or list[1]
  if sides == 1 then return { a, b } end
  return #list == 4 and list or { a, a, b, b }
end

--- The shape of one sample, checked to be a signal's or a picture's.
---@param who string
---@param shape integer[]
---@param sides integer
---@return integer[]
function M.sample(who, shape, sides)
  shape = shapes.check(who .. ":build", shape)
  local hint = ""
  if #shape == 1 then
    hint = ("; nn.Reshape%s before it gives it those"):format(sides == 2 and "(height, width, channels)" or "(time, channels)")
  end
  errors.check(#shape == sides + 1, "shape", "%s: wants samples %s, got %s%s", who, layouts[sides],
    shapes.text(shape), hint)
  return shape
end

-- Errors of the operation as the layer's: N is not known when a layer is built.
local function blame(who, failure)
  if type(failure) == "table" and failure.message then
    failure.message = who .. ": " .. failure.message:gsub("^[%w_]+: ", ""):gsub("%[0, ", "[N, ")
  end
  error(failure, 0)
end

--- The shape of one result of `op`, by its own rule: of a batch of no samples.
---@param who string the layer, which errors name
---@param op function
---@param shape integer[] of one sample
---@param ... any further arguments of op
---@return integer[]
function M.result(who, op, shape, ...)
  local x = core.ops.zeros { 0, table.unpack(shape) }
  local ok, y = pcall(core.no_grad, op, x, ...)
  x:free()
  if not ok then blame(who, y) end
  local result = shapes.of_sample(y)
  y:free()
  return result
end

return M
