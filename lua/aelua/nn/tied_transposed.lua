--- What transposed convolutions with another layer's weight share: all but the
--- operation and the number of sides (the formula: nn.TiedConvTranspose2d).
local Module = require "aelua.nn.module"
local Transposed = require "aelua.nn.transposed"
local Weighted = require "aelua.nn.weighted"
local activation = require "aelua.nn.activation"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local parameter = require "aelua.nn.parameter"
local shapes = require "aelua.base.shapes"
local sides = require "aelua.nn.sides"

---@class aelua.TiedTransposedOptions
---@field activation? string|table|aelua.Module default: none
---@field inverse_activation? boolean default false; source has sigmoid, tanh, leaky_relu or no activation then
---@field bias? boolean default true
---@field bias_init? any default "zeros"
---@field activity_l1? number default 0

local declared = Weighted.declare(
  { inverse_activation = { type = "boolean", default = false } }, { "weight_init", "l1", "l2" })

---@class aelua.TiedTransposed: aelua.Transposed
local TiedTransposed = Transposed:extend("TiedTransposed")

---@param source aelua.Convolution an nn.Conv1d or nn.Conv2d, as many sides as its own, whose weight it uses
---@param given? string|aelua.Module|aelua.TiedTransposedOptions the activation alone, or options
function TiedTransposed:init(source, given, ...)
  local who = self.class_name
  options.no_more(who, "a convolution and an activation or options", ...)
  errors.check(self.Source.is(source), "invalid", "%s wants a %s, got %s", who, self.Source.class_name,
    Module.is(source) and source.class_name or type(source))
  local o = options.check(who, Weighted.as_options(given), declared)
  self._source = source
  self.inverse_activation = o.inverse_activation
  self:take(o)
  if o.inverse_activation and source._activation then
    self._inverse = source._activation
    errors.check(activation.has_inverse(self._inverse), "unsupported", "%s: %s has no inverse", who,
      self._inverse.class_name)
  end
end

function TiedTransposed:is_built() return self.input_shape ~= nil end

function TiedTransposed:kernels() return self._source.weight end

function TiedTransposed:build(shape)
  local source = self._source
  shape = sides.sample(self.class_name, shape, self.sides)
  errors.check(source.weight, "state", "the %s it is tied to is not built yet: build or run the encoder first",
    source.class_name)
  errors.check(shape[#shape] == source.filters, "shape", "%s: wants %d channels, got %s", self.class_name,
    source.filters, shapes.text(shape))
  self.kernel, self.stride, self.dilation, self.groups = source.kernel, source.stride, source.dilation, source.groups
  self.padding, self.output_padding = source:undo()
  self.channels, self.filters = source.filters, source.channels
  self:set_attributes()
  if self.has_bias and not self.bias then
    local area = shapes.count(self.kernel)
    self.bias = parameter.new(self.class_name, self._bias_init, { self.filters }, area * self.channels, area * self.filters)
  end
  local result = sides.result(self.class_name, self.op, shape, source.weight, self.bias, self._linear)
  self.input_shape, self.output_shape = shape, result
  return table.move(result, 1, #result, 1, {})
end

function TiedTransposed:project(x, which)
  if not self.input_shape then self:build(shapes.of_sample(x)) end
  if self._inverse then x = self._inverse:inverse(x) end
  return Transposed.project(self, x, which)
end

function TiedTransposed:config(writer)
  local config = Weighted.config(self, writer)
  config.source = writer:name_of(self._source)
  config.inverse_activation = self.inverse_activation
  config.l1, config.l2 = nil, nil
  return config
end

function TiedTransposed:mirror() return Module.mirror(self) end

return TiedTransposed
