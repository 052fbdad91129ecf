--- What convolutions share, transposed or not, along one side or two: options,
--- weights, the size that undoes a size. The arithmetic, with bias and activation
--- in one pass, is the operations'.
---
--- Fans for initialisers are Keras's: the kernel's area times the last dimension
--- but one of the weight (fan_in), and times the last (fan_out).
local Weighted = require "aelua.nn.weighted"
local errors = require "aelua.base.errors"
local numbers = require "aelua.base.numbers"
local options = require "aelua.base.options"
local parameter = require "aelua.nn.parameter"
local shapes = require "aelua.base.shapes"
local sides = require "aelua.nn.sides"

---@class aelua.ConvolutionOptions: aelua.WeightedOptions
---@field stride? integer|integer[] a number or {height, width}; default 1
---@field padding? string|integer|integer[] "valid" (default), "same", or numbers for all, for each side or for each end
---@field dilation? integer|integer[] default 1
---@field groups? integer of channels that do not see each other; default 1

---@class aelua.Convolution: aelua.Weighted
---@field sides integer that it slides along, 1 or 2
---@field kernel integer[]
---@field stride integer[]
---@field dilation integer[]
---@field padding string|integer[]
---@field output_shape integer[]? of one sample, once it is known
local Convolution = Weighted:extend("Convolution")
Convolution.sides = 2
Convolution.transposed = false

local more = {
  stride = { type = { "integer", "table" }, default = 1 },
  padding = { type = { "string", "integer", "table" }, default = "valid" },
  dilation = { type = { "integer", "table" }, default = 1 },
  groups = { type = "integer", default = 1, min = 1 },
}
local declared = Weighted.declare(more)

--- The options of all convolutions, and `further`; see Weighted.declare.
function Convolution.declare(further, without)
  local all = {}
  for name, option in pairs(more) do all[name] = option end
  for name, option in pairs(further) do all[name] = option end
  return Weighted.declare(all, without)
end

---@param filters integer channels of a result
---@param kernel integer|integer[] its size: a number or {height, width}
---@param given? string|aelua.Module|aelua.ConvolutionOptions the activation alone, or options
function Convolution:init(filters, kernel, given, ...)
  options.no_more(self.class_name, "filters, a kernel size and an activation or options", ...)
  self:set_filters(filters)
  self:take_kernel(kernel, options.check(self.class_name, Weighted.as_options(given), self.declared or declared))
  errors.check(self.filters % self.groups == 0, "invalid", "%s: %d groups do not divide %d filters", self.class_name,
    self.groups, self.filters)
end

function Convolution:set_filters(filters)
  local whole = type(filters) == "number" and math.tointeger(filters)
  errors.check(whole and whole >= 1, "invalid", "%s wants a number of filters of at least 1, got %s", self.class_name,
    errors.shown(filters))
  self.filters = whole
end

function Convolution:take_kernel(kernel, o)
  local who, n = self.class_name, self.sides
  self.kernel = numbers.of_sides(who, "kernel", kernel, n, 1)
  self.stride = numbers.of_sides(who, "stride", o.stride, n, 1)
  self.dilation = numbers.of_sides(who, "dilation", o.dilation, n, 1)
  self.padding = sides.padding(who, o.padding, n)
  self.groups = o.groups and math.tointeger(o.groups) or 1
  self:take(o)
  self:set_attributes()
end

-- What the operation is given, with the activation and without.
function Convolution:set_attributes()
  local function with(activation)
    return {
      stride = self.stride, padding = self.padding, dilation = self.dilation, groups = self.groups,
      output_padding = self.output_padding, activation = activation,
      slope = activation and self._slope, alpha = activation and self._alpha,
    }
  end
  self._attributes, self._linear = with(self._fused), with(nil)
end

--- The weight's last two dimensions, for samples of `channels` channels.
function Convolution:weight_channels(channels)
  errors.check(channels % self.groups == 0, "shape", "%s: %d groups do not divide %d channels", self.class_name,
    self.groups, channels)
  return channels // self.groups, self.filters
end

--- What the initialiser is told, for a weight [..., a, b].
function Convolution:fans(area, a, b) return area * a, area * b end

local function new_parameters(self, channels)
  local who, a, b = self.class_name, self:weight_channels(channels)
  local shape = table.move(self.kernel, 1, self.sides, 1, {})
  local fan_in, fan_out = self:fans(shapes.count(shape, who), a, b)
  shape[#shape + 1], shape[#shape + 2] = a, b
  return parameter.new(who, self._weight_init, shape, fan_in, fan_out),
    self.has_bias and parameter.new(who, self._bias_init, { self.filters }, fan_in, fan_out) or nil
end

function Convolution:build(shape)
  shape = sides.sample(self.class_name, shape, self.sides)
  local weight, bias = self.weight, self.bias
  local built = weight ~= nil
  if built then
    errors.check(self.channels == shape[#shape], "shape", "%s: wants %d channels, got %s", self.class_name,
      self.channels, shapes.text(shape))
  else
    weight, bias = new_parameters(self, shape[#shape])
  end
  local result = sides.result(self.class_name, self.op, shape, weight, bias, self._linear)
  if not built then
    self.weight = weight
    self.bias = bias
    self.channels = shape[#shape]
  end
  self.input_shape, self.output_shape = shape, result
  return table.move(result, 1, #result, 1, {})
end

--- The shape of one result, were these attributes other ones; nil: they do not fit.
---@param shape integer[] of one sample
---@param changes { stride?: integer[], padding?: string|integer[], output_padding?: integer[] }
---@return integer[]?
function Convolution:shape_with(shape, changes)
  local attributes = {}
  for name, value in pairs(self._linear) do attributes[name] = value end
  for name, value in pairs(changes) do attributes[name] = value end
  local ok, result = pcall(sides.result, self.class_name, self.op, shape, self:kernels(), self.bias, attributes)
  return ok and result or nil
end

--- The weight that the operation uses.
function Convolution:kernels() return self.weight end

-- `which` attributes: building may set them.
function Convolution:project(x, which)
  if not self.input_shape then self:build(shapes.of_sample(x)) end
  return self.op(x, self:kernels(), self.bias, self[which])
end

---@param x aelua.Tensor [N, H, W, C], or [N, T, C]
---@return aelua.Tensor [N, P, Q, filters], or [N, P, filters]
function Convolution:forward(x) return self:finish(self:project(x, "_attributes")) end

--- The output before sigmoid or softmax; see Module.output_activation.
---@param x aelua.Tensor
---@return aelua.Tensor
function Convolution:forward_logits(x) return self:project(x, "_linear") end

function Convolution:config(writer)
  local config = Weighted.config(self, writer)
  config.filters, config.kernel = self.filters, self.kernel
  config.stride, config.padding, config.dilation, config.groups = self.stride, self.padding, self.dilation, self.groups
  config.output_padding = self.output_padding
  return config
end

--- What a transposed convolution takes to give this one's input size back:
--- padding and output_padding.
---@return string|integer[]
---@return integer[]?
function Convolution:undo()
  local small, large = self.output_shape, self.input_shape
  local exact, padding, extra = self.padding == "same", {}, {}
  for d = 1, self.sides do
    local reach = (small[d] - 1) * self.stride[d] + self.dilation[d] * (self.kernel[d] - 1) + 1
    local before, after
    if self.padding == "same" then
      local total = math.max(reach - large[d], 0)
      before, after = total // 2, total - total // 2
      exact = exact and small[d] * self.stride[d] == large[d]
    else
      local at = self.padding == "valid" and {} or self.padding
      before, after = at[2 * d - 1] or 0, at[2 * d] or 0
    end
    padding[2 * d - 1], padding[2 * d], extra[d] = before, after, large[d] - (reach - before - after)
  end
  if exact then return "same", nil end
  return padding, extra
end

--- The options of the layer that undoes this one.
---@param o aelua.MirrorOptions
function Convolution:mirror_options(o)
  return {
    stride = self.stride, dilation = self.dilation, groups = self.groups, activation = o.activation,
    bias = self.has_bias, weight_init = self._weight_init, bias_init = self._bias_init, l1 = self.l1, l2 = self.l2,
  }
end

---@param o aelua.MirrorOptions
---@return aelua.Module
function Convolution:mirror(o)
  if o.tied then
    return self.Tied(self, { activation = o.activation, inverse_activation = o.inverse_activation, bias = self.has_bias })
  end
  local back = self:mirror_options(o)
  back.padding, back.output_padding = self:undo()
  return self.Transposed(self.channels, self.kernel, back)
end

return Convolution
