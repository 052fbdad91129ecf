--- What layers share that add a border or take it off.
local core = require "aelua.core"
local Layer = require "aelua.nn.layer"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"
local sides = require "aelua.nn.sides"

---@class aelua.Border: aelua.Layer
---@field border integer[] {top, bottom, left, right}, or {before, after}
local Border = Layer:extend("Border")
Border.sides = 2
Border.resamples = true

---@param border integer|integer[] one for all sides, {height, width} or {top, bottom, left, right}
function Border:init(border, ...)
  options.no_more(self.class_name, "a border", ...)
  self.border = sides.padding(self.class_name, border, self.sides, "border")
  local before, after = { 0 }, { 0 }
  for d = 1, self.sides do before[d + 1], after[d + 1] = self.border[2 * d - 1], self.border[2 * d] end
  before[self.sides + 2], after[self.sides + 2] = 0, 0
  self._attributes = { before = before, after = after }
end

function Border:build(shape)
  shape = sides.sample(self.class_name, shape, self.sides)
  local result = sides.result(self.class_name, core.ops[self.operation], shape, self._attributes)
  shapes.check(self.class_name .. ": the result", result)
  self.input_shape = shape
  return result
end

---@param x aelua.Tensor [N, H, W, C], or [N, T, C]
---@return aelua.Tensor with the border, or without it
function Border:forward(x)
  if not self.input_shape then self:build(shapes.of_sample(x)) end
  return core.ops[self.operation](x, self._attributes)
end

function Border:config() return { border = self.border } end

return Border
