--- How likely data is given what a decoder made of a code: the base of likelihoods.
--- A class states the shape that the decoder has to give, the distribution of the
--- data, and what its data may be. Results in nats, one for each sample.
local errors = require "aelua.base.errors"
local unit = require "aelua.base.unit"

---@param tools aelua.ModelTools
return function(tools)
  ---@class aelua.Likelihood: aelua.Module
  ---@field kind string its name among options
  ---@field unit boolean whether data lies between 0 and 1
  ---@field takes_logits boolean whether a decoder that ends with sigmoid or softmax is wrong
  local Likelihood = tools.nn.Module:extend("Likelihood")
  Likelihood.unit, Likelihood.takes_logits = false, false

  --- What the decoder has to give for data of `shape`.
  ---@param shape integer[] of a sample
  ---@return integer[]
  function Likelihood:decoded(shape) return shape end

  --- The distribution of the data.
  ---@param raw aelua.Tensor [N, ...] what the decoder gave
  ---@return aelua.Distribution
  function Likelihood:distribution(raw)
    return errors.raise("unsupported", ("likelihood %s has no method distribution for a %s"):format(self.kind, type(raw)), 2)
  end

  --- -log p(x), one number for each sample.
  ---@param raw aelua.Tensor [N, ...] what the decoder gave
  ---@param x aelua.Tensor [N, ...] data
  ---@return aelua.Tensor [N]
  function Likelihood:nll(raw, x) return -self:distribution(raw):log_prob(x) end

  --- The expectation of the data.
  ---@param raw aelua.Tensor
  ---@return aelua.Tensor [N, ...]
  function Likelihood:mean(raw) return self:distribution(raw):mean() end

  --- Data drawn from the distribution.
  ---@param raw aelua.Tensor
  ---@return aelua.Tensor [N, ...]
  function Likelihood:draw(raw) return self:distribution(raw):sample() end

  --- Raises where the decoder ends as this likelihood cannot take it.
  ---@param who string how messages begin
  ---@param decoder aelua.Module
  function Likelihood:check_decoder(who, decoder)
    local ending = decoder:output_activation()
    errors.check(not (self.takes_logits and (ending == "sigmoid" or ending == "softmax")), "invalid",
      "%s: the decoder ends with %s, but the likelihood %s takes logits and applies it itself: leave the activation out",
      who, tostring(ending), self.kind)
  end

  --- Raises where data is not what this likelihood is of.
  ---@param who string how messages begin
  ---@param x aelua.Tensor
  function Likelihood:check_data(who, x)
    if not self.unit then return end
    local low, high = unit.range(x)
    errors.check(low == low, "invalid", "%s: the likelihood %s wants data from 0 to 1, got nan", who, self.kind)
    errors.check(not low or (low >= 0 and high <= 1), "invalid",
      "%s: the likelihood %s wants data from 0 to 1, got %.6g to %.6g", who, self.kind, low, high)
  end

  --- What files keep: the option that names this likelihood.
  ---@return string|table
  function Likelihood:config() return self.kind end

  return Likelihood
end
