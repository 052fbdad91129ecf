--- What PixelShuffle and PixelUnshuffle share.
local Layer = require "aelua.nn.layer"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"
local sides = require "aelua.nn.sides"

---@class aelua.Shuffle: aelua.Layer
---@field block integer
local Shuffle = Layer:extend("Shuffle")
Shuffle.rearranges = true

---@param block integer rows and columns of a square
function Shuffle:init(block, ...)
  options.no_more(self.class_name, "a block size", ...)
  local whole = type(block) == "number" and math.tointeger(block)
  errors.check(whole and whole >= 1, "invalid", "%s wants a block size of at least 1, got %s", self.class_name,
    errors.shown(block))
  self.block = whole
end

function Shuffle:build(shape)
  shape = sides.sample(self.class_name, shape, 2)
  local result = sides.result(self.class_name, self.op, shape, self.block)
  self.input_shape = shape
  return result
end

---@param x aelua.Tensor [N, H, W, C]
---@return aelua.Tensor
function Shuffle:forward(x)
  if not self.input_shape then self:build(shapes.of_sample(x)) end
  return self.op(x, self.block)
end

function Shuffle:config() return { block = self.block } end

return Shuffle
