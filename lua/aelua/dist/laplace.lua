--- The Laplace distribution, by mean and logarithm of the scale b: density
--- e^(-|x - mean| / b) / (2 b).
local core = require "aelua.core"
local Distribution = require "aelua.dist.distribution"
local options = require "aelua.base.options"

local ops = core.ops
local log_2 = math.log(2)

---@class aelua.Laplace: aelua.Distribution
local Laplace = Distribution:extend("Laplace")
Laplace.family = "Laplace"
Laplace.reparameterised = true

---@param mean aelua.Tensor [N, ...]
---@param logscale aelua.Tensor [N, ...]
function Laplace:init(mean, logscale, ...)
  options.no_more(self.class_name, "mean and logscale", ...)
  self:take({ mean, logscale }, { "mean", "logscale" })
end

function Laplace:mean() return self.parameters[1] end

--- The logarithm of the scale of each element.
---@return aelua.Tensor [N, ...]
function Laplace:logscale() return self.parameters[2] end

function Laplace:variance() return ops.exp(self.parameters[2] * 2) * 2 end

-- An exponential number with a sign; 1 - u is never 0.
function Laplace:draw(count)
  local shape = self:drawn_shape(count)
  local magnitude = -ops.log1p(-ops.rand(shape))
  local sign = ops.bernoulli(shape) * 2 - 1
  return self.parameters[1] + ops.exp(self.parameters[2]) * (magnitude * sign)
end

function Laplace:log_prob(x)
  self:check_value(x)
  local mean, logscale = self.parameters[1], self.parameters[2]
  return -self:per_sample(ops.abs(x - mean) * ops.exp(-logscale) + (logscale + log_2))
end

function Laplace:closed_entropy() return self:per_sample(self.parameters[2] + (log_2 + 1)) end

-- log(c/b) + d/c + (b/c) e^(-d/b) - 1, d the distance of the means, b and c the scales.
function Laplace:closed_kl(other)
  local distance = ops.abs(self.parameters[1] - other.parameters[1])
  local own, others = self.parameters[2], other.parameters[2]
  local narrower = own - others
  local terms = distance * ops.exp(-others) + ops.exp(narrower - distance * ops.exp(-own)) - narrower - 1
  return self:per_sample(terms)
end

return Laplace
