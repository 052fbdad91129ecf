--- A dense layer whose units see some of the inputs alone, as autoregressive networks
--- want it (Germain, Gregor, Murray, Larochelle, "MADE: Masked autoencoder for
--- distribution estimation", ICML 2015):
---   y = activation(x (W * M) + b),   M[i][k] = 1 where inputs[i] <= degrees[k], else 0
--- and with `strict` where inputs[i] < degrees[k], as the last layer has it. Inputs and
--- units have degrees, from 0 up; a number n stands for 1, 2, ..., n.
---
---   local inner = nn.MaskedDense.spread(500, 784)       -- 500 degrees, 1 to 783
---   local made = nn.Sequential {                         -- output d sees the inputs before d alone
---     nn.Flatten(),
---     nn.MaskedDense(500, { inputs = 784, degrees = inner, activation = "relu" }),
---     nn.MaskedDense(784, { inputs = inner, degrees = 784, strict = true }),
---   }
---
--- What the mask hides is 0 at first and stays it. x [N, ..., in] -> y [N, ..., units].
local core = require "aelua.core"
local Dense = require "aelua.nn.dense"
local Module = require "aelua.nn.module"
local Weighted = require "aelua.nn.weighted"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"

local ops = core.ops

---@class aelua.MaskedDense: aelua.Dense
---@field inputs integer[] degrees
---@field degrees integer[] of the units
---@field strict boolean
local MaskedDense = Dense:extend("MaskedDense")

---@class aelua.MaskedDenseOptions: aelua.DenseOptions
---@field inputs integer|integer[] degrees of the inputs
---@field degrees integer|integer[] degrees of the units
---@field strict? boolean default false

local declared = Weighted.declare {
  inputs = { required = true, type = { "integer", "table" }, min = 1 },
  degrees = { required = true, type = { "integer", "table" }, min = 1 },
  strict = { type = "boolean", default = false },
}

-- Degrees that a list has at most: it is made before memory for the weights is asked for.
local most = 1 << 24

-- Degrees as a list; n stands for 1..n.
local function listed(name, given)
  local list = {}
  if type(given) == "number" then
    errors.check(given <= most, "invalid", "MaskedDense: %s wants at most %d, got %s", name, most, errors.shown(given))
    for i = 1, given do list[i] = i end
    return list
  end
  for i, degree in ipairs(given) do
    errors.check(type(degree) == "number" and degree % 1 == 0 and degree >= 0, "invalid",
      "MaskedDense: %s wants degrees from 0 up, got %s (number %d)", name, errors.shown(degree), i)
    list[i] = math.tointeger(degree)
  end
  errors.check(#list > 0, "invalid", "MaskedDense: %s wants a number or a list of degrees", name)
  return list
end

--- Degrees for the units of a hidden layer between `variables` inputs and outputs: one
--- after the other from `least` to variables - 1, and again.
---@param units integer
---@param variables integer
---@param least? integer default 1; 0: some units see no input, which is of use where they see more than inputs
---@return integer[]
function MaskedDense.spread(units, variables, least)
  for i, value in ipairs { units or 0, variables or 0 } do
    errors.check(math.type(value) == "integer" and value >= 1 and value <= most, "invalid",
      "MaskedDense.spread: %s wants an integer from 1 to %d, got %s", i == 1 and "units" or "variables", most,
      errors.shown(value))
  end
  least = math.min(least or 1, variables - 1)
  local list, count = {}, variables - least
  for i = 1, units do list[i] = least + (i - 1) % count end
  return list
end

---@param units integer
---@param given aelua.MaskedDenseOptions
function MaskedDense:init(units, given, ...)
  options.no_more("MaskedDense", "units and options", ...)
  errors.check(type(units) == "number" and units % 1 == 0 and units >= 1, "invalid",
    "MaskedDense wants a number of units from 1 up, got %s", errors.shown(units))
  local o = options.check("MaskedDense", given, declared)
  self.out = math.tointeger(units)
  self.units = { self.out }
  self.inputs, self.degrees, self.strict = listed("inputs", o.inputs), listed("degrees", o.degrees), o.strict
  errors.check(#self.degrees == self.out, "shape", "MaskedDense: degrees wants one for each of %d units, got %d", self.out,
    #self.degrees)
  self:take(o)
end

-- [in, out] zeros and ones.
local function make_mask(self)
  local from, to = ops.unsqueeze(core.tensor(self.inputs, { dtype = "i32" }), 2), core.tensor(self.degrees, { dtype = "i32" })
  return ops.cast(self.strict and ops.lt(from, to) or ops.le(from, to), core.real)
end

function MaskedDense:build(shape)
  shape = shapes.check("MaskedDense:build", shape)
  errors.check(shape[#shape] == #self.inputs, "shape", "wants %d features, as many as degrees of inputs, got %s", #self.inputs,
    shapes.batch_text(shape))
  local fresh = not self.weight
  local result = Dense.build(self, shape)
  if fresh then
    self._mask = core.keep(core.no_grad(make_mask, self))
    core.no_grad(function() self.weight:copy_(self.weight * self._mask) end)
  end
  return result
end

--- fused(x (W * M) + b), [N, ..., out].
function MaskedDense:project(x, fused)
  if not self.weight then self:build(shapes.of_sample(x)) end
  return ops.dense(x, self.weight * self._mask, self.bias, fused, false, self._slope, self._alpha)
end

function MaskedDense:config(writer)
  local config = Dense.config(self, writer)
  config.units, config.inputs, config.degrees, config.strict = self.out, self.inputs, self.degrees, self.strict
  return config
end

function MaskedDense.from_config(config, reader)
  errors.check(type(config.inputs) == "table" and type(config.degrees) == "table", "format",
    "MaskedDense: the lists 'inputs' and 'degrees' are missing")
  return MaskedDense(config.units, Weighted.given(config, reader, "units"))
end

MaskedDense.mirror = Module.mirror

return MaskedDense
