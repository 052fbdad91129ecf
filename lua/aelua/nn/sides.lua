--- The sides that a kernel or window slides along, one or two: what padding adds
--- at each end of them, and the shapes of samples that have them.
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local numbers = require "aelua.base.numbers"
local shapes = require "aelua.base.shapes"

local M = {}

local layouts = { "[T, C]", "[H, W, C]" }

--- "valid", "same", or numbers for both ends of each side.
---@param who string
---@param value string|integer|integer[] one for all, one for each side, or one for each end
---@param sides integer 1 or 2
---@param name? string of the option; default "padding"
---@return string|integer[] {before, after}, {top, bottom, left, right}
function M.padding(who, value, sides, name)
  if not name and (value == "valid" or value == "same") then return value end
  local list = numbers.list(value, { true, true, nil, sides == 2 or nil }, 0)
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
