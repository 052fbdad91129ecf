--- What nn.Variational gives: a normal distribution of codes that knows its prior.
local core = require "aelua.core"
local dist = require "aelua.dist"

local ops = core.ops

---@class aelua.Posterior: aelua.Normal
---@field prior aelua.Prior
---@field free_bits number? nats
local Posterior = dist.Normal:extend("Posterior")

---@param mean aelua.Tensor [N, D]
---@param logvar aelua.Tensor [N, D]
---@param prior aelua.Prior
---@param free_bits? number
function Posterior:init(mean, logvar, prior, free_bits)
  dist.Normal.init(self, mean, logvar)
  self.prior, self.free_bits = prior, free_bits
end

function Posterior:at(places)
  return Posterior(ops.index(self:mean(), places), ops.index(self:logvar(), places), self.prior, self.free_bits)
end

function Posterior:draw(count)
  self.drawn = dist.Normal.draw(self, count)
  return self.drawn
end

--- The divergence from the layer's prior, free bits left aside. A prior without a
--- closed form is measured at the codes drawn last, which a model has decoded too.
---@return aelua.Tensor [N]
function Posterior:divergence()
  if self.prior.is_standard then return ops.normal_kl(self:mean(), self:logvar()) end
  local p = self.prior:distribution()
  if p.family == self.family then return dist.Normal.kl(self, p) end
  return dist.Normal.kl(self, p, { z = self.drawn or self:sample() })
end

-- A dimension whose mean over the batch is less counts as that much, and is left
-- alone by the gradient.
local function with_free_bits(self)
  local elements = self:kl_elements()
  local open = ops.gt(ops.mean(elements, 1), self.free_bits)
  return self:per_sample(ops.where(open, elements, self.free_bits))
end

--- As of every distribution; without `other` from the layer's own prior, with its
--- free bits.
---@param other? aelua.Distribution
---@param given? { samples?: integer, z?: aelua.Tensor }
---@return aelua.Tensor [N]
function Posterior:kl(other, given)
  if other ~= nil then return dist.Normal.kl(self, other, given) end
  if given ~= nil then return dist.Normal.kl(self, self.prior:distribution(), given) end
  if self.free_bits then return with_free_bits(self) end
  return self:divergence()
end

return Posterior
