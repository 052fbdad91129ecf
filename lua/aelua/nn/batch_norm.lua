--- Every channel to mean 0 and variance 1 over the batch and all positions, then
--- scaled and shifted. Ioffe, Szegedy 2015.
---   x [N, ..., C]   scale, shift, running_mean, running_var [C]
---
---   nn.BatchNorm()
---   nn.BatchNorm { activation = "relu" }    -- one pass
---
--- In training mode mean and variance are the batch's, and
---   running = momentum * running + (1 - momentum) * the batch's
--- in evaluation mode they are the running ones, which are saved with the weights.
--- momentum is Keras's: the old one's share (PyTorch's is the new one's). The
--- running variance is the mean of squares, as Keras's (PyTorch's is over n - 1).
local core = require "aelua.core"
local Normalization = require "aelua.nn.normalization"
local Weighted = require "aelua.nn.weighted"
local activation = require "aelua.nn.activation"
local errors = require "aelua.base.errors"
local parameter = require "aelua.nn.parameter"
local initializers = require "aelua.nn.initializers"
local shapes = require "aelua.base.shapes"

local batch_norm = core.ops.batch_norm

---@class aelua.BatchNormOptions: aelua.NormalizationOptions
---@field momentum? number of the running statistics; default 0.9 (Keras: 0.99; PyTorch: 0.1, the other way round)
---@field activation? string|table|aelua.Module default: none; "relu" rides in the operation

local declared = Normalization.declare {
  momentum = { type = "number", default = 0.9, min = 0, max = 1 },
  activation = {},
}

---@class aelua.BatchNorm: aelua.Normalization
---@field running_mean aelua.Tensor? buffer
---@field running_var aelua.Tensor? buffer
local BatchNorm = Normalization:extend("BatchNorm")
BatchNorm.transparent = BatchNorm

---@param given? string|aelua.Module|aelua.BatchNormOptions the activation alone, or options
function BatchNorm:init(given, ...)
  local o = self:take(Weighted.as_options(given), declared, ...)
  self.momentum = o.momentum
  local layer = activation.get("BatchNorm", o.activation)
  self._activation = layer or false
  self._fused = layer and activation.fused(layer) == "relu" and "relu" or "linear"
  self.normalizes = not layer
  if layer and self._fused == "linear" then
    self.activation = layer
    self.transparent = false -- it may keep what it is given
  end
end

BatchNorm.label = Weighted.label
BatchNorm.applied_activation = Weighted.applied_activation

function BatchNorm:children() return self.activation and { self.activation } or {} end

function BatchNorm:penalties(into)
  into = into or {}
  return self.activation and self.activation:penalties(into) or into
end

local function buffer(self, name, initializer, size)
  self:buffer(name, parameter.new("BatchNorm", initializer, size, 1, 1):require_grad(false))
end

function BatchNorm:build(shape)
  shape = shapes.check("BatchNorm:build", shape)
  errors.check(shape[1], "shape", "BatchNorm: wants [N, ..., channels], got %s", shapes.text(shape))
  local size = { shape[#shape] }
  local result = self:make(shape, size)
  if not self.running_mean then
    buffer(self, "running_mean", initializers.zeros(), size)
    buffer(self, "running_var", initializers.ones(), size)
  end
  return result
end

local function follow(self, mean, var)
  local old = self.momentum
  self.running_mean:copy_(self.running_mean * old + mean * (1 - old))
  self.running_var:copy_(self.running_var * old + var * (1 - old))
end

---@param x aelua.Tensor [N, ..., C]
---@return aelua.Tensor
function BatchNorm:forward(x)
  if not self.input_shape then self:build(shapes.of_sample(x)) end
  local y
  if self.training then
    local mean, var
    y, mean, var = batch_norm(x, self.scale, self.shift, nil, nil, self.epsilon, self._fused)
    core.no_grad(follow, self, mean:detach(), var:detach())
  else
    y = batch_norm(x, self.scale, self.shift, self.running_mean, self.running_var, self.epsilon, self._fused)
  end
  local after = self.activation
  return after and after:forward(y) or y
end

function BatchNorm:config(writer)
  local config = Normalization.config(self)
  config.momentum = self.momentum
  config.activation = self._activation and activation.describe(self._activation, writer) or nil
  return config
end

function BatchNorm.from_config(config, reader) return BatchNorm(Weighted.given(config, reader)) end

--- A new one like it, with the activation of what it gives.
---@param o aelua.MirrorOptions
function BatchNorm:mirror(o)
  local config = Normalization.config(self)
  config.momentum, config.activation = self.momentum, o.activation
  return BatchNorm(config)
end

return BatchNorm
