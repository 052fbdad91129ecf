--- The Bernoulli distribution of zeros and ones, by logits: 1 with probability
--- sigmoid(logit). Values between 0 and 1 have the cross-entropy as their log_prob,
--- as autoencoders of grey pictures use it; it is no density of those
--- (ContinuousBernoulli is).
local core = require "aelua.core"
local Distribution = require "aelua.dist.distribution"
local options = require "aelua.base.options"

local ops = core.ops

---@class aelua.Bernoulli: aelua.Distribution
local Bernoulli = Distribution:extend("Bernoulli")
Bernoulli.family = "Bernoulli"

-- Negative log_prob of values of the logits' shape, with a reduction.
Bernoulli.loss = ops.bce_logits

---@param logits aelua.Tensor [N, ...]
function Bernoulli:init(logits, ...)
  options.no_more(self.class_name, "logits", ...)
  self:take({ logits }, { "logits" })
end

---@return aelua.Tensor [N, ...]
function Bernoulli:logits() return self.parameters[1] end

function Bernoulli:mean() return ops.sigmoid(self.parameters[1]) end

function Bernoulli:variance()
  local p = self:mean()
  return p * (1 - p)
end

function Bernoulli:draw(count)
  return ops.cast(ops.lt(ops.rand(self:drawn_shape(count)), self:mean()), core.real)
end

-- Negative log_prob of x, one number for each sample.
local function cost(self, logits, x)
  logits, x = self:alike(logits, x)
  if x.ndim == self.event + 1 then return self.loss(logits, x, nil, nil, "per_sample") end
  return self:per_sample(self.loss(logits, x, nil, nil, "none"))
end

function Bernoulli:log_prob(x)
  self:check_value(x)
  return -cost(self, self.parameters[1], x)
end

-- log_prob is linear in the value, so that its expectation is that of the mean.
function Bernoulli:closed_entropy() return cost(self, self.parameters[1], self:mean()) end

function Bernoulli:closed_kl(other)
  local mean = self:mean()
  return cost(self, other.parameters[1], mean) - cost(self, self.parameters[1], mean)
end

return Bernoulli
