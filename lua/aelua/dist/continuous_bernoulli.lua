--- The continuous Bernoulli distribution on 0 to 1, by logits: the density
--- C p^x (1 - p)^(1 - x), p = sigmoid(logit), C = logit / tanh(logit / 2).
--- Loaiza-Ganem, Cunningham, "The continuous Bernoulli: fixing a pervasive error
--- in variational autoencoders", NeurIPS 2019.
local core = require "aelua.core"
local Bernoulli = require "aelua.dist.bernoulli"

local ops = core.ops

---@class aelua.ContinuousBernoulli: aelua.Bernoulli
local ContinuousBernoulli = Bernoulli:extend("ContinuousBernoulli")
ContinuousBernoulli.family = "ContinuousBernoulli"
ContinuousBernoulli.reparameterised = true
ContinuousBernoulli.loss = ops.continuous_bernoulli

-- Mean and variance are the first two derivatives of the logarithm of the
-- partition function, A = log(1 + e^z) - log C. Where |z| is less than this their
-- closed forms lose digits, and the series of A takes their place:
-- z/2 + z^2/24 - z^4/2880 + z^6/181440 - z^8/9676800.
local near = 0.5

-- Which logits are near 0, |z| with 1 in the place of those, e^-|z|.
local function split(z)
  local is_near = ops.lt(ops.abs(z), near)
  local a = ops.abs(ops.where(is_near, 1, z))
  return is_near, a, ops.exp(-a)
end

function ContinuousBernoulli:mean()
  local z = self.parameters[1]
  local is_near, a, e = split(z)
  local q = ops.square(z)
  local close = z * (((q * (-1 / 1209600) + 1 / 30240) * q - 1 / 720) * q + 1 / 12)
  local far = 0.5 * (1 + e) / (1 - e) - 1 / a -- the mean of |z|, less 1/2
  return ops.where(is_near, close, far * ops.sign(z)) + 0.5
end

function ContinuousBernoulli:variance()
  local z = self.parameters[1]
  local is_near, a, e = split(z)
  local q = ops.square(z)
  local close = ((q * (-1 / 172800) + 1 / 6048) * q - 1 / 240) * q + 1 / 12
  return ops.where(is_near, close, 1 / ops.square(a) - e / ops.square(1 - e))
end

-- The inverse of the distribution function: with a = -|z| and u uniform,
-- y = log(1 + u (e^a - 1)) / a, from the other end where z > 0.
function ContinuousBernoulli:draw(count)
  local z = self.parameters[1]
  local u = ops.rand(self:drawn_shape(count))
  local is_near = ops.lt(ops.abs(z), 1e-3)
  local a = -ops.abs(ops.where(is_near, 1, z))
  local y = ops.log1p(u * ops.expm1(a)) / a
  return ops.where(is_near, u + z * (u * (1 - u) * 0.5), ops.where(ops.lt(z, 0), y, 1 - y))
end

return ContinuousBernoulli
