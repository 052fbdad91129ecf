--- y = activation(x W + b), one fused operation, forward and backward.
---   x [N, ..., in]   W [in, out]   b [out]   ->   y [N, ..., out]
--- Where `units` is a shape, out is its product and y is [N, ..., units...].
---
---   nn.Dense(32, "relu")
---   nn.Dense({ 28, 28, 1 }, { activation = "sigmoid", weight_init = "he_normal", l2 = 1e-4 })
---
--- The penalties l1 * sum |W|, l2 * sum W^2 and activity_l1 * sum |y| / N are parts of
--- the loss; decay of weights apart from the gradient is the optimiser's (AdamW).
local core = require "aelua.core"
local Flatten = require "aelua.nn.flatten"
local Sequential = require "aelua.nn.sequential"
local Weighted = require "aelua.nn.weighted"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local parameter = require "aelua.nn.parameter"
local shapes = require "aelua.base.shapes"

local dense, reshape = core.ops.dense, core.ops.reshape

---@class aelua.DenseOptions: aelua.WeightedOptions

local declared = Weighted.declare {}

---@class aelua.Dense: aelua.Weighted
---@field weight aelua.Tensor [in, out], once the size of the input is known
---@field bias aelua.Tensor? [out]
local Dense = Weighted:extend("Dense")
Dense.transparent = Dense

---@param units integer|integer[]
---@param given? string|aelua.Module|aelua.DenseOptions the activation alone, or options
function Dense:init(units, given, ...)
  options.no_more("Dense", "units and an activation or options", ...)
  errors.check(type(units) == "number" or (type(units) == "table" and #units > 0), "invalid",
    "Dense wants a number of units or a shape, got %s", type(units) == "table" and "named shapes" or type(units))
  self.units = shapes.check("Dense", units)
  self.out = shapes.count(self.units, "Dense")
  self:take(options.check("Dense", Weighted.as_options(given), declared))
end

--- All but the last of `shape`, then the units.
function Dense:result_shape(shape)
  local result = table.move(shape, 1, #shape - 1, 1, {})
  return table.move(self.units, 1, #self.units, #result + 1, result)
end

function Dense:build(shape)
  shape = shapes.check("Dense:build", shape)
  local size = shape[#shape]
  errors.check(size, "shape", "wants [N, ..., features], got %s", shapes.text(shape))
  if self.weight then
    errors.check(self.weight.shape[1] == size, "shape", "wants %d features, got %s", self.weight.shape[1],
      shapes.text(shape))
  else
    local weight = parameter.new("Dense", self._weight_init, { size, self.out }, size, self.out)
    local bias = self.has_bias and parameter.new("Dense", self._bias_init, { self.out }, size, self.out) or nil
    self.weight = weight
    self.bias = bias
  end
  self.input_shape = shape
  return self:result_shape(shape)
end

-- [N, ..., out] as [N, ..., units...].
local function shaped(self, x, flat)
  local dims = self._dims
  if x.ndim == 2 then
    if not dims then
      dims = { 0, table.unpack(self.units) }
      self._dims = dims
    end
    dims[1] = #x
  else
    dims = self:result_shape(x.shape)
  end
  local result = reshape(flat, dims)
  if not self.activation then flat:free() end
  return result
end

--- fused(x W + b), [N, ..., out].
function Dense:project(x, fused)
  local weight = self.weight
  if not weight then
    self:build(shapes.of_sample(x))
    weight = self.weight
  end
  return dense(x, weight, self.bias, fused, false, self._slope, self._alpha)
end

---@param x aelua.Tensor [N, ..., in]
---@return aelua.Tensor [N, ..., units...]
function Dense:forward(x)
  local y = self:finish(self:project(x, self._fused))
  if self.units[2] then return shaped(self, x, y) end
  return y
end

function Dense:output_activation()
  local name = Weighted.output_activation(self)
  if name == "softmax" and self.units[2] then return nil end -- it runs over all units, not over the last dimension
  return name
end

--- The output before sigmoid or softmax; see Module.output_activation.
---@param x aelua.Tensor
---@return aelua.Tensor
function Dense:forward_logits(x)
  local y = self:project(x, "linear")
  if self.units[2] then return shaped(self, x, y) end
  return y
end

function Dense:config(writer)
  local config = Weighted.config(self, writer)
  config.units = self.units
  return config
end

function Dense.from_config(config, reader) return Dense(config.units, Weighted.given(config, reader, "units")) end

--- A Dense from the results back to the inputs, or a TiedDense.
---@param o aelua.MirrorOptions
---@return aelua.Module
function Dense:mirror(o)
  local back
  if o.tied then
    back = Dense.Tied(self, { activation = o.activation, inverse_activation = o.inverse_activation, bias = self.has_bias })
  else
    back = Dense(self.input_shape[#self.input_shape], {
      activation = o.activation, bias = self.has_bias, weight_init = self._weight_init, bias_init = self._bias_init,
      l1 = self.l1, l2 = self.l2,
    })
  end
  if #self.units == 1 then return back end
  errors.check(#self.input_shape == 1, "unsupported", "mirror: Dense with units %s has a mirror image for [N, D] only, not %s",
    shapes.text(self.units), shapes.text(self.input_shape))
  return Sequential { Flatten(), back }
end

return Dense
