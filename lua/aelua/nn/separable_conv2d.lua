--- A convolution in two steps: every channel by itself, then 1 x 1 over channels.
---   y = activation(pointwise(depthwise(x)) + b)
---   x [N, H, W, C]   ->   y [N, P, Q, filters]
---
---   nn.SeparableConv2d(32, 3, { padding = "same", activation = "relu" })
---
--- The steps are its layers `depthwise` (no bias) and `pointwise`; l1 and l2 count
--- for both weights. Keras's layer of the name computes the same.
local Conv2d = require "aelua.nn.conv2d"
local Convolution = require "aelua.nn.convolution"
local DepthwiseConv2d = require "aelua.nn.depthwise_conv2d"
local Module = require "aelua.nn.module"
local Sequential = require "aelua.nn.sequential"
local Weighted = require "aelua.nn.weighted"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"

---@class aelua.SeparableConv2dOptions
---@field activation? string|table|aelua.Module default: none
---@field multiplier? integer channels between the steps, for each of the input's; default 1
---@field stride? integer|integer[] default 1
---@field padding? string|integer|integer[] as of nn.Conv2d
---@field dilation? integer|integer[] default 1
---@field bias? boolean default true
---@field bias_init? any default "zeros"
---@field l1? number default 0
---@field l2? number default 0
---@field activity_l1? number default 0
---@field depthwise_init? any see nn.init; default "glorot_uniform"
---@field pointwise_init? any default "glorot_uniform"

local declared = Convolution.declare({
  multiplier = { type = "integer", default = 1, min = 1 },
  depthwise_init = { default = "glorot_uniform" },
  pointwise_init = { default = "glorot_uniform" },
}, { "groups", "weight_init" })

---@class aelua.SeparableConv2d: aelua.Module
---@field depthwise aelua.DepthwiseConv2d
---@field pointwise aelua.Conv2d
local SeparableConv2d = Module:extend("SeparableConv2d")

---@param filters integer channels of a result
---@param kernel integer|integer[]
---@param given? string|aelua.Module|aelua.SeparableConv2dOptions the activation alone, or options
function SeparableConv2d:init(filters, kernel, given, ...)
  options.no_more("SeparableConv2d", "filters, a kernel size and an activation or options", ...)
  local o = options.check("SeparableConv2d", Weighted.as_options(given), declared)
  self.depthwise = DepthwiseConv2d(kernel, {
    multiplier = o.multiplier, stride = o.stride, padding = o.padding, dilation = o.dilation, bias = false,
    weight_init = o.depthwise_init, l1 = o.l1, l2 = o.l2,
  })
  self.pointwise = Conv2d(filters, 1, {
    activation = o.activation, bias = o.bias, weight_init = o.pointwise_init, bias_init = o.bias_init,
    l1 = o.l1, l2 = o.l2, activity_l1 = o.activity_l1,
  })
end

function SeparableConv2d:label()
  local activation = self.pointwise:applied_activation()
  return activation and ("%s %s"):format(self.class_name, activation.name or activation.class_name) or self.class_name
end

function SeparableConv2d:is_built() return self.pointwise:is_built() end

function SeparableConv2d:build(shape)
  local between = self:within(self.depthwise, "build", shape)
  local result = self:within(self.pointwise, "build", between)
  self.input_shape = self.depthwise.input_shape
  return result
end

local function run(self, x, method)
  local between = self:within(self.depthwise, "forward", x)
  self.input_shape = self.depthwise.input_shape
  local y = self:within(self.pointwise, method, between)
  if self.pointwise.transparent then between:free() end
  return y
end

---@param x aelua.Tensor [N, H, W, C]
---@return aelua.Tensor [N, P, Q, filters]
function SeparableConv2d:forward(x) return run(self, x, "forward") end

--- The output before sigmoid or softmax; see Module.output_activation.
---@param x aelua.Tensor
---@return aelua.Tensor
function SeparableConv2d:forward_logits(x) return run(self, x, "forward_logits") end

function SeparableConv2d:output_activation() return self.pointwise:output_activation() end

function SeparableConv2d:applied_activation() return self.pointwise:applied_activation() end

function SeparableConv2d:config(writer)
  return { depthwise = writer:describe(self.depthwise), pointwise = writer:describe(self.pointwise) }
end

function SeparableConv2d.from_config(config, reader)
  local depthwise = reader:build(config.depthwise, "depthwise")
  local pointwise = reader:build(config.pointwise, "pointwise")
  errors.check(DepthwiseConv2d.is(depthwise) and Conv2d.is(pointwise), "format",
    "SeparableConv2d wants a DepthwiseConv2d and a Conv2d, got %s and %s", depthwise.class_name, pointwise.class_name)
  local self = SeparableConv2d(pointwise.filters, depthwise.kernel)
  self.depthwise, self.pointwise = depthwise, pointwise
  return self
end

--- Both steps undone, last first.
---@param o aelua.MirrorOptions
---@return aelua.Module
function SeparableConv2d:mirror(o)
  return Sequential {
    self.pointwise:mirror { tied = o.tied, inverse_activation = o.inverse_activation },
    self.depthwise:mirror { tied = o.tied, activation = o.activation },
  }
end

return SeparableConv2d
