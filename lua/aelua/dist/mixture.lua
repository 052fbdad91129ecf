--- A mixture of K distributions of one family, which are side by side in
--- `components`: one of them is drawn, as their weights say, then a value from it.
--- A mixture is one distribution (N = 1) and serves a batch of any size.
---
---   local prior = ae.dist.Mixture(ae.zeros(10), ae.dist.Normal(means, logvars))     -- means [10, D]
local core = require "aelua.core"
local Categorical = require "aelua.dist.categorical"
local Distribution = require "aelua.dist.distribution"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"

local ops = core.ops

---@class aelua.Mixture: aelua.Distribution
---@field components aelua.Distribution
local Mixture = Distribution:extend("Mixture")
Mixture.family = "Mixture"

---@param logits aelua.Tensor [K] of the weights, which are their softmax
---@param components aelua.Distribution K of them
function Mixture:init(logits, components, ...)
  options.no_more(self.class_name, "logits and components", ...)
  self:take({ logits }, { "logits" })
  errors.check(Distribution.is(components), "invalid", "%s: components wants a distribution, got %s", self.class_name,
    type(components))
  errors.check(logits.ndim == 1 and #logits == #components, "shape", "%s: logits wants a number for each component, [%d], got %s",
    self.class_name, #components, shapes.text(logits.shape))
  self.components, self.event = components, components.event
end

function Mixture:__len() return 1 end

function Mixture:shape()
  local shape = self.components:shape()
  shape[1] = 1
  return shape
end

function Mixture:at()
  return errors.raise("unsupported", ("%s is one distribution, there are no others to choose"):format(self.class_name), 2)
end

--- The weights of the components, which add up to 1.
---@return aelua.Tensor [K]
function Mixture:weights() return ops.softmax(self.parameters[1]) end

-- sum over K of the weights times values [K, ...], as [1, ...].
local function weighted(self, values)
  local sizes = { #self.components }
  for i = 2, values.ndim do sizes[i] = 1 end
  return ops.sum(values * ops.reshape(self:weights(), sizes), 1, true)
end

function Mixture:mean() return weighted(self, self.components:mean()) end

function Mixture:variance()
  local mean = self.components:mean()
  return weighted(self, self.components:variance() + ops.square(mean)) - ops.square(weighted(self, mean))
end

-- Gradients do not reach which component is drawn.
function Mixture:draw(count)
  local which = Categorical(ops.unsqueeze(self.parameters[1], 1)):draw(count or 1)
  local values = self.components:at(ops.reshape(which, { -1 })):sample()
  if not count then return values end
  local shape = values.shape
  table.insert(shape, 2, 1)
  return ops.reshape(values, shape)
end

function Mixture:log_prob(x)
  self:check_value(x)
  local each = self.components:log_prob(ops.unsqueeze(x, x.ndim - self.event + 1)) -- [..., K]
  return ops.logsumexp(each + ops.log_softmax(self.parameters[1]), -1)
end

return Mixture
