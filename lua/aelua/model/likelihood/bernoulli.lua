--- Zeros and ones, independent given the code; the decoder gives logits. Grey
--- values between count by their cross-entropy, as Kingma and Welling 2014 have it.
local core = require "aelua.core"

local ops = core.ops

---@param Likelihood aelua.Likelihood
---@param tools aelua.ModelTools
return function(Likelihood, tools)
  ---@class aelua.BernoulliLikelihood: aelua.Likelihood
  local Bernoulli = Likelihood:extend("BernoulliLikelihood")
  Bernoulli.kind = "bernoulli"
  Bernoulli.unit, Bernoulli.takes_logits = true, true

  function Bernoulli:init() end

  function Bernoulli:distribution(raw) return tools.dist.Bernoulli(raw) end

  function Bernoulli:nll(raw, x) return ops.bce_logits(raw, x, nil, nil, "per_sample") end

  return Bernoulli
end
