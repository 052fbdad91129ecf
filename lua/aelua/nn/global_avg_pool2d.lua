--- The mean of every channel of pictures.
---   x [N, H, W, C]   ->   y [N, C]
local core = require "aelua.core"
local Layer = require "aelua.nn.layer"
local Reshape = require "aelua.nn.reshape"
local Sequential = require "aelua.nn.sequential"
local UpSampling2d = require "aelua.nn.up_sampling2d"
local options = require "aelua.base.options"
local sides = require "aelua.nn.sides"

local mean = core.ops.mean

---@class aelua.GlobalAvgPool2d: aelua.Layer
local GlobalAvgPool2d = Layer:extend("GlobalAvgPool2d")
GlobalAvgPool2d.transparent = GlobalAvgPool2d
GlobalAvgPool2d.resamples = true

function GlobalAvgPool2d:init(...) options.no_more("GlobalAvgPool2d", "no options", ...) end

function GlobalAvgPool2d:build(shape)
  self.input_shape = sides.sample("GlobalAvgPool2d", shape, 2)
  return { self.input_shape[3] }
end

---@param x aelua.Tensor [N, H, W, C]
---@return aelua.Tensor [N, C]
function GlobalAvgPool2d:forward(x)
  if not self.input_shape then self:build(table.move(x.shape, 2, x.ndim, 1, {})) end
  return mean(x, { 2, 3 })
end

function GlobalAvgPool2d.from_config() return GlobalAvgPool2d() end

--- Every mean at all places that it was taken over.
---@return aelua.Sequential
function GlobalAvgPool2d:mirror()
  local shape = self.input_shape
  return Sequential { Reshape { 1, 1, shape[3] }, UpSampling2d { shape[1], shape[2] } }
end

return GlobalAvgPool2d
