--- What nn.Variational gives with a flow: codes that the flow makes of a normal
--- distribution's values, with their prior.
---   z = f(z_0; h),   log q(z | x) = log N(z_0; mean, variance) - log |det df/dz_0|
--- Of codes that it has drawn last the density is known; of others the flow is undone
--- first.
local core = require "aelua.core"
local dist = require "aelua.dist"

local ops = core.ops

---@class aelua.FlowPosterior: aelua.Distribution
---@field start aelua.Normal where codes come from
---@field flow aelua.Flow
---@field prior aelua.Prior
local FlowPosterior = dist.Distribution:extend("FlowPosterior")
FlowPosterior.family = "FlowPosterior"
FlowPosterior.reparameterised = true

---@param start aelua.Normal [N, D]
---@param flow aelua.Flow
---@param features aelua.Tensor [N, F] what the flow depends on
---@param prior aelua.Prior
function FlowPosterior:init(start, flow, features, prior)
  self:take({ start:mean(), start:logvar() }, { "mean", "logvar" })
  self.start, self.flow, self.features, self.prior = start, flow, features, prior
end

function FlowPosterior:at(places)
  return FlowPosterior(self.start:at(places), self.flow, ops.index(self.features, places), self.prior)
end

function FlowPosterior:draw(count)
  local from = self.start:sample(count)
  local z, determinant = self.flow:forward(from, self.features)
  self.drawn, self.drawn_from, self.determinant = z, from, determinant
  return z
end

function FlowPosterior:log_prob(z)
  self:check_value(z)
  local from, determinant = self.drawn_from, self.determinant
  if z ~= self.drawn then from, determinant = self.flow:inverse(z, self.features) end
  return self.start:log_prob(from) - determinant
end

--- What the flow makes of the normal distribution's mean: of reflections the mean
--- itself, of other flows a code that stands for the distribution.
---@return aelua.Tensor [N, D]
function FlowPosterior:mean() return (self.flow:forward(self.start:mean(), self.features)) end

--- The divergence from the layer's prior, at the codes drawn last, which a model has
--- decoded too; in closed form where the flow keeps lengths and the prior is standard.
---@return aelua.Tensor [N]
function FlowPosterior:divergence()
  if self.flow.orthogonal and self.prior.is_standard then return self.start:kl() end
  return dist.Distribution.kl(self, self.prior:distribution(), { z = self.drawn or self:sample() })
end

--- As of every distribution; without `other` from the layer's own prior.
---@param other? aelua.Distribution
---@param given? { samples?: integer, z?: aelua.Tensor }
---@return aelua.Tensor [N]
function FlowPosterior:kl(other, given)
  if other == nil and given == nil then return self:divergence() end
  return dist.Distribution.kl(self, other or self.prior:distribution(), given)
end

return FlowPosterior
