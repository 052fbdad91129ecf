--- In training mode sets whole channels of a sample to 0 with probability `rate`
--- and divides the others by 1 - rate; in evaluation mode does nothing. For
--- pictures, in which neighbours tell what a dropped element was.
local core = require "aelua.core"
local Dropout = require "aelua.nn.dropout"
local sides = require "aelua.nn.sides"

local spatial_dropout = core.ops.spatial_dropout

---@class aelua.SpatialDropout2d: aelua.Dropout
local SpatialDropout2d = Dropout:extend("SpatialDropout2d")
SpatialDropout2d.transparent = SpatialDropout2d

function SpatialDropout2d:build(shape)
  self.input_shape = sides.sample("SpatialDropout2d", shape, 2)
  return table.move(self.input_shape, 1, 3, 1, {})
end

---@param x aelua.Tensor [N, H, W, C]
---@return aelua.Tensor
function SpatialDropout2d:forward(x)
  if not self.training or self.rate == 0 then return x end
  return spatial_dropout(x, self.rate)
end

function SpatialDropout2d.from_config(config) return SpatialDropout2d(config.rate) end

return SpatialDropout2d
