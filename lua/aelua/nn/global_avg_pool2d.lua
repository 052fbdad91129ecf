--- The mean of every channel of pictures.
---   x [N, H, W, C]   ->   y [N, C]
local core = require "aelua.core"
local Layer = require "aelua.nn.layer"
local options = require "aelua.base.options"
local sides = require "aelua.nn.sides"

local mean = core.ops.mean

---@class aelua.GlobalAvgPool2d: aelua.Layer
local GlobalAvgPool2d = Layer:extend("GlobalAvgPool2d")
GlobalAvgPool2d.transparent = GlobalAvgPool2d

function GlobalAvgPool2d:init(...) options.no_more("GlobalAvgPool2d", "no options", ...) end

function GlobalAvgPool2d:build(shape)
  self.input_shape = sides.sample("GlobalAvgPool2d", shape, 2)
  return { self.input_shape[2 + 1] }
end

---@param x aelua.Tensor [N, H, W, C]
---@return aelua.Tensor [N, C]
function GlobalAvgPool2d:forward(x)
  if not self.input_shape then self:build(table.move(x.shape, 2, x.ndim, 1, {})) end
  return mean(x, { 2, 3 })
end

function GlobalAvgPool2d.from_config() return GlobalAvgPool2d() end

return GlobalAvgPool2d
