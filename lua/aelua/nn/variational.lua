--- A distribution of codes from features: [N, F] -> a normal distribution of
--- [N, units], mean and logarithm of the variance two dense layers of the features.
---
---   local encoder = nn.Sequential { nn.Flatten(), nn.Dense(400, "relu"), nn.Variational(20) }
---   local q = encoder:forward(x)          -- q:sample(), q:kl(), q:mean(), q:logvar(), q:log_prob(z)
---
--- It is the last layer of a Sequential: what comes next takes q:sample().
---
--- prior: what q:kl() measures from; see nn.Prior. free_bits: in training
--- q:kl() counts each dimension whose mean over the batch is below that many nats as
--- that many, so that it is not pressed further (Kingma and others, "Improving
--- variational inference with inverse autoregressive flow", NeurIPS 2016). bound:
--- the logarithm of the variance stays between two numbers, smoothly
--- (dist.bound); without it, it may be any number. flow: what makes codes of the
--- normal distribution's values, see nn.Flow; the features are its context, and
--- q:kl() is measured at the codes drawn.
--- Kingma, Welling, "Auto-encoding variational Bayes", ICLR 2014.
local core = require "aelua.core"
local Dense = require "aelua.nn.dense"
local Flow = require "aelua.nn.flow"
local FlowPosterior = require "aelua.nn.flow_posterior"
local Module = require "aelua.nn.module"
local Posterior = require "aelua.nn.posterior"
local Prior = require "aelua.nn.prior"
local bound = require("aelua.dist").bound
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"

---@class aelua.Variational: aelua.Module
---@field units integer
---@field mean aelua.Dense
---@field logvar aelua.Dense
---@field prior aelua.Prior
---@field flow aelua.Flow?
local Variational = Module:extend("Variational")
Variational.gives_distribution = true
Variational.whole = true

---@class aelua.VariationalOptions
---@field prior? string|table|aelua.Prior "standard" (default), "mixture", { "mixture", components = 20 }, "vamp"
---@field free_bits? number nats of each dimension, default 0
---@field bound? number[] { low, high } of the logarithm of the variance; default: none
---@field flow? string|table|aelua.Flow "householder", "iaf", { "iaf", steps = 2, hidden = 320 }; default: none
---@field weight_init? any of both layers; see nn.init; default "glorot_uniform"

local declared = {
  prior = { default = "standard" },
  free_bits = { type = "number", min = 0, default = 0 },
  bound = { type = "table" },
  flow = { type = { "string", "table" } },
  weight_init = {},
}

---@param units integer numbers in a code
---@param given? aelua.VariationalOptions
function Variational:init(units, given, ...)
  options.no_more("Variational", "units and options", ...)
  errors.check(type(units) == "number" and units % 1 == 0 and units >= 1, "invalid",
    "Variational wants a number of units from 1 up, got %s", errors.shown(units))
  local o = options.check("Variational", given, declared)
  self.units = math.tointeger(units)
  self.mean = Dense(self.units, { weight_init = o.weight_init })
  self.logvar = Dense(self.units, { weight_init = o.weight_init })
  self.prior = Prior.get("Variational", o.prior)
  self.free_bits = o.free_bits > 0 and o.free_bits or nil
  self.bound = bound.check("Variational", o.bound)
  errors.check(not self.free_bits or self.prior.is_standard, "unsupported",
    "Variational: free_bits wants a prior whose dimensions are apart, which %s's are not", self.prior.class_name)
  if o.flow == nil then return end
  self.flow = Flow.get("Variational", o.flow)
  errors.check(not self.free_bits, "unsupported",
    "Variational: free_bits wants codes whose dimensions are apart, which %s's are not", self.flow.class_name)
  errors.check(not self.prior.attach, "unsupported", "Variational: flow wants a prior that is not made of posteriors, got %s",
    self.prior.class_name)
end

function Variational:label()
  local prior = self.prior.is_standard and "" or ", " .. self.prior:label()
  return ("%s %d%s%s"):format(self.class_name, self.units, prior, self.flow and ", " .. self.flow:label() or "")
end

function Variational:build(shape)
  shape = shapes.check("Variational:build", shape)
  errors.check(#shape == 1, "shape", "wants features [N, F], got %s; nn.Flatten() before it makes them so",
    shapes.batch_text(shape))
  self.mean:build(shape)
  self.logvar:build(shape)
  self.prior:build { self.units }
  if self.flow then self.flow:build { self.units, shape[1] } end
  self.input_shape = shape
  return { self.units }
end

---@param x aelua.Tensor [N, F]
---@return aelua.Posterior|aelua.FlowPosterior of [N, units]
function Variational:forward(x)
  if not self.input_shape then
    errors.check(core.is_tensor(x) and x.ndim > 0, "type", "Variational wants a tensor [N, F], got %s", type(x))
    self:build(shapes.of_sample(x))
  end
  errors.check(core.is_tensor(x) and x.ndim == 2, "shape", "Variational wants features [N, F], got %s",
    core.is_tensor(x) and shapes.text(x.shape) or type(x))
  local logvar = bound.apply(self.logvar:forward(x), self.bound)
  local q = Posterior(self.mean:forward(x), logvar, self.prior, self.training and self.free_bits or nil)
  return self.flow and FlowPosterior(q, self.flow, x, self.prior) or q
end

function Variational:config(writer)
  return {
    units = self.units, free_bits = self.free_bits, bound = self.bound, prior = writer:describe(self.prior),
    flow = self.flow and writer:describe(self.flow), weight_init = self.mean:config(writer).weight_init,
  }
end

function Variational.from_config(config, reader)
  return Variational(config.units, {
    free_bits = config.free_bits, bound = config.bound, weight_init = config.weight_init,
    prior = reader:build(config.prior, "prior"), flow = config.flow and reader:build(config.flow, "flow"),
  })
end

return Variational
