--- The normal distribution, its elements independent (a diagonal covariance), by
--- mean and logarithm of the variance. The latter may be any number; a layer that
--- wants it within bounds bounds it itself (nn.Variational).
local core = require "aelua.core"
local Distribution = require "aelua.dist.distribution"
local options = require "aelua.base.options"

local ops = core.ops
local log_2pi = math.log(2 * math.pi)

---@class aelua.Normal: aelua.Distribution
local Normal = Distribution:extend("Normal")
Normal.family = "Normal"
Normal.reparameterised = true

---@param mean aelua.Tensor [N, ...]
---@param logvar aelua.Tensor [N, ...]
function Normal:init(mean, logvar, ...)
  options.no_more(self.class_name, "mean and logvar", ...)
  self:take({ mean, logvar }, { "mean", "logvar" })
end

--- Mean 0 and variance 1.
---@param shape integer[] [N, ...]
---@return aelua.Normal
function Normal.standard(shape) return Normal(ops.zeros(shape), ops.zeros(shape)) end

function Normal:mean() return self.parameters[1] end

--- The logarithm of the variance of each element.
---@return aelua.Tensor [N, ...]
function Normal:logvar() return self.parameters[2] end

function Normal:variance() return ops.exp(self.parameters[2]) end

--- The standard deviation of each element.
---@return aelua.Tensor [N, ...]
function Normal:stddev() return ops.exp(self.parameters[2] * 0.5) end

function Normal:draw(count) return ops.normal_sample(self.parameters[1], self.parameters[2], count or 0) end

function Normal:log_prob(x)
  self:check_value(x)
  return ops.normal_log_prob(x, self.parameters[1], self.parameters[2], self.event)
end

function Normal:closed_entropy() return self:per_sample((self.parameters[2] + (log_2pi + 1)) * 0.5) end

--- As of every distribution; without `other` from the standard normal one.
---@param other? aelua.Distribution
---@param given? { samples?: integer, z?: aelua.Tensor }
---@return aelua.Tensor [N]
function Normal:kl(other, given)
  if other ~= nil then return Distribution.kl(self, other, given) end
  if given ~= nil then return Distribution.kl(self, Normal.standard(self:shape()), given) end
  return ops.normal_kl(self.parameters[1], self.parameters[2])
end

--- The divergence of each element, not summed over the event.
---@param other? aelua.Normal default: the standard one
---@return aelua.Tensor [N, ...]
function Normal:kl_elements(other) return self:closed_kl(other, true) end

function Normal:closed_kl(other, elements)
  local mean, logvar = self.parameters[1], self.parameters[2]
  if not other then return ops.normal_kl(mean, logvar, nil, nil, elements) end
  local prior_mean, prior_logvar = other.parameters[1], other.parameters[2]
  mean, prior_mean = self:alike(mean, prior_mean)
  logvar, prior_logvar = self:alike(logvar, prior_logvar)
  return ops.normal_kl(mean, logvar, prior_mean, prior_logvar, elements)
end

return Normal
