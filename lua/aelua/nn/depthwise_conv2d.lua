--- A convolution of every channel by itself.
---   x [N, H, W, C]   W [R, S, 1, C * multiplier]   b [C * multiplier]   ->   y [N, P, Q, C * multiplier]
--- Results c * multiplier + 1 .. c * multiplier + multiplier are channel c + 1's, as in Keras.
---
---   nn.DepthwiseConv2d(3, { padding = "same", activation = "relu" })
local Conv2d = require "aelua.nn.conv2d"
local Convolution = require "aelua.nn.convolution"
local Weighted = require "aelua.nn.weighted"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"

---@class aelua.DepthwiseConv2dOptions: aelua.WeightedOptions
---@field multiplier? integer results for each channel; default 1
---@field stride? integer|integer[] default 1
---@field padding? string|integer|integer[] as of nn.Conv2d
---@field dilation? integer|integer[] default 1

local declared = Convolution.declare({ multiplier = { type = "integer", default = 1, min = 1 } }, { "groups" })

---@class aelua.DepthwiseConv2d: aelua.Conv2d
---@field multiplier integer
local DepthwiseConv2d = Conv2d:extend("DepthwiseConv2d")
DepthwiseConv2d.transparent = DepthwiseConv2d

---@param kernel integer|integer[]
---@param given? string|aelua.Module|aelua.DepthwiseConv2dOptions the activation alone, or options
function DepthwiseConv2d:init(kernel, given, ...)
  options.no_more("DepthwiseConv2d", "a kernel size and an activation or options", ...)
  local o = options.check("DepthwiseConv2d", Weighted.as_options(given), declared)
  self.multiplier = math.tointeger(o.multiplier)
  self:take_kernel(kernel, o)
end

function DepthwiseConv2d:weight_channels(channels)
  self.groups, self.filters = channels, shapes.count({ channels, self.multiplier }, self.class_name)
  self:set_attributes()
  return 1, self.filters
end

-- Keras's kernel is [R, S, C, multiplier].
function DepthwiseConv2d:fans(area) return area * self.groups, area * self.multiplier end

function DepthwiseConv2d:config(writer)
  local config = Convolution.config(self, writer)
  config.filters, config.groups, config.multiplier = nil, nil, self.multiplier
  return config
end

function DepthwiseConv2d.from_config(config, reader)
  return DepthwiseConv2d(config.kernel, Weighted.given(config, reader, "kernel"))
end

return DepthwiseConv2d
