--- A dense layer that uses another one's weight transposed, with a bias of its own:
---   y = activation(f^-1(x) W^T + c)
---   x [N, ..., out]   W [in, out], of `source`   c [in]   ->   y [N, ..., in]
--- f^-1 is the inverse of source's activation where `inverse_activation` is set,
--- else the identity. The weight stays source's parameter: it is counted, saved,
--- frozen and penalised there.
---
---   local encode = nn.Dense(32, "sigmoid")
---   local decode = nn.TiedDense(encode, { activation = "sigmoid" })
local core = require "aelua.core"
local Dense = require "aelua.nn.dense"
local Module = require "aelua.nn.module"
local Weighted = require "aelua.nn.weighted"
local activation = require "aelua.nn.activation"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local parameter = require "aelua.nn.parameter"
local shapes = require "aelua.base.shapes"

local dense = core.ops.dense

---@class aelua.TiedDenseOptions
---@field units? integer[] shape of a result; its product is source's number of inputs
---@field activation? string|table|aelua.Module default: none
---@field inverse_activation? boolean default false; source has sigmoid, tanh, leaky_relu or no activation then
---@field bias? boolean default true
---@field bias_init? any default "zeros"
---@field activity_l1? number default 0

local declared = Weighted.declare({
  units = { type = "table" },
  inverse_activation = { type = "boolean", default = false },
}, { "weight_init", "l1", "l2" })

---@class aelua.TiedDense: aelua.Dense
local TiedDense = Dense:extend("TiedDense")
TiedDense.transparent = TiedDense
Dense.Tied = TiedDense

---@param source aelua.Dense the layer whose weight it uses
---@param given? string|aelua.Module|aelua.TiedDenseOptions
function TiedDense:init(source, given, ...)
  options.no_more("TiedDense", "a Dense layer and an activation or options", ...)
  errors.check(Dense.is(source) and not TiedDense.is(source), "invalid", "TiedDense wants a Dense layer, got %s",
    Module.is(source) and source.class_name or type(source))
  local o = options.check("TiedDense", Weighted.as_options(given), declared)
  self._source = source
  self.units = o.units and shapes.check("TiedDense", o.units) or {}
  self.inverse_activation = o.inverse_activation
  self:take(o)
  if o.inverse_activation and source._activation then
    self._inverse = source._activation
    errors.check(activation.has_inverse(self._inverse), "unsupported", "TiedDense: %s has no inverse",
      self._inverse.class_name)
  end
end

function TiedDense:is_built() return self.input_shape ~= nil end

function TiedDense:build(shape)
  shape = shapes.check("TiedDense:build", shape)
  local weight = self._source.weight
  errors.check(weight, "state", "the Dense layer it is tied to is not built yet: build or run the encoder first")
  local size, out = weight.shape[1], weight.shape[2]
  errors.check(shape[#shape] == out, "shape", "wants %d features, got %s", out, shapes.text(shape))
  if #self.units == 0 then self.units = { size } end
  errors.check(shapes.count(self.units) == size, "shape", "has %d results, units %s hold %d", size,
    shapes.text(self.units), shapes.count(self.units))
  if self.has_bias and not self.bias then
    self.bias = parameter.new("TiedDense", self._bias_init, { size }, out, size)
  end
  self.input_shape = shape
  return self:result_shape(shape)
end

function TiedDense:project(x, fused)
  if not self.input_shape then self:build(shapes.of_sample(x)) end
  if self._inverse then x = self._inverse:inverse(x) end
  return dense(x, self._source.weight, self.bias, fused, true, self._slope, self._alpha)
end

function TiedDense:config(writer)
  local config = Weighted.config(self, writer)
  config.source = writer:name_of(self._source)
  config.units = #self.units > 0 and self.units or nil
  config.inverse_activation = self.inverse_activation
  config.l1, config.l2 = nil, nil
  return config
end

function TiedDense.from_config(config, reader)
  return TiedDense(reader:find(config.source), Weighted.given(config, reader, "source"))
end

function TiedDense:mirror() return Module.mirror(self) end

return TiedDense
