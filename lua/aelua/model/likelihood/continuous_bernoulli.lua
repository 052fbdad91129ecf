--- Values between 0 and 1 with a density of their own (dist/continuous_bernoulli.lua);
--- the decoder gives logits. What is decoded are means, which are not sigmoid(logits).
local core = require "aelua.core"

local ops = core.ops

---@param Likelihood aelua.Likelihood
---@param tools aelua.ModelTools
return function(Likelihood, tools)
  ---@class aelua.ContinuousBernoulliLikelihood: aelua.Likelihood
  local ContinuousBernoulli = Likelihood:extend("ContinuousBernoulliLikelihood")
  ContinuousBernoulli.kind = "continuous_bernoulli"
  ContinuousBernoulli.unit, ContinuousBernoulli.takes_logits = true, true

  function ContinuousBernoulli:init() end

  function ContinuousBernoulli:distribution(raw) return tools.dist.ContinuousBernoulli(raw) end

  function ContinuousBernoulli:nll(raw, x) return ops.continuous_bernoulli(raw, x, nil, nil, "per_sample") end

  return ContinuousBernoulli
end
