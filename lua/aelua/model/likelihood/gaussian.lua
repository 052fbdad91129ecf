--- Real numbers, normal and independent given the code. The decoder gives their
--- means; `variance` is
---   a number         the same for all and for ever, default 1
---   "learned"        one number, a parameter that is trained with the model
---   "optimal"        one number, in training the batch's own mean squared error, which
---                    no other makes likelier; elsewhere its running mean over the last
---                    batches. It follows the model at once, where a parameter takes
---                    thousands of steps (both: Rybkin, Daniilidis, Levine, "Simple and
---                    effective VAE training with calibrated decoders", ICML 2021)
---   "per_pixel"      one for each element: the decoder gives twice as many channels,
---                    means and then logarithms of variances, which `bound`
---                    { low, high } keeps within smooth bounds
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"

local ops = core.ops
local log_2pi = math.log(2 * math.pi)

-- Share of the running mean that a batch leaves of it.
local momentum = 0.9

-- What the "optimal" variance is at least: of data that is met to the last bit the density is infinite.
local least = 1e-12

---@param Likelihood aelua.Likelihood
---@param tools aelua.ModelTools
return function(Likelihood, tools)
  ---@class aelua.GaussianLikelihood: aelua.Likelihood
  ---@field variance number|string
  ---@field logvar aelua.Tensor? [1], of "learned"
  ---@field running aelua.Tensor? [2], of "optimal": a sum of weights, and of mean squared errors by these
  local Gaussian = Likelihood:extend("GaussianLikelihood")
  Gaussian.kind = "gaussian"

  local declared = { variance = { type = { "number", "string" }, default = 1 }, bound = { type = "table" } }

  function Gaussian:init(given)
    local o = options.check("likelihood gaussian", given, declared)
    local v = o.variance
    errors.check(v == "learned" or v == "optimal" or v == "per_pixel" or (type(v) == "number" and v > 0 and v < math.huge),
      "invalid", "likelihood gaussian: variance wants a number above 0, \"learned\", \"optimal\" or \"per_pixel\", got %s",
      errors.shown(v))
    errors.check(o.bound == nil or v == "per_pixel", "invalid", "likelihood gaussian: bound is of the variance \"per_pixel\"")
    self.variance, self.bound = v, tools.dist.bound.check("likelihood gaussian", o.bound)
    if v == "learned" then self.logvar = core.keep(ops.zeros { 1 }:require_grad(true)) end
    if v == "optimal" then self:buffer("running", core.keep(ops.zeros { 2 })) end
  end

  function Gaussian:decoded(shape)
    if self.variance ~= "per_pixel" then return shape end
    local doubled = table.move(shape, 1, #shape, 1, {})
    doubled[#doubled] = 2 * doubled[#doubled]
    return doubled
  end

  -- Means and logarithms of variances, both [N, ...].
  local function split(self, raw)
    local last = raw.shape
    local channels = last[#last] // 2
    return ops.narrow(raw, -1, 1, channels),
      tools.dist.bound.apply(ops.narrow(raw, -1, channels + 1, channels), self.bound)
  end

  --- The variance where it is one number; "optimal" before any training: 1.
  ---@return number
  function Gaussian:current_variance()
    if self.logvar then return math.exp(self.logvar:item()) end
    if not self.running then return self.variance end
    local weight, sum = table.unpack(self.running:totable())
    return weight > 0 and math.max(least, sum / weight) or 1
  end

  function Gaussian:distribution(raw)
    if self.variance == "per_pixel" then return tools.dist.Normal(split(self, raw)) end
    local logvar = self.logvar and ops.expand(self.logvar, raw.shape) or ops.full(raw.shape, math.log(self:current_variance()))
    return tools.dist.Normal(raw, logvar)
  end

  function Gaussian:mean(raw)
    if self.variance ~= "per_pixel" then return raw end
    return (split(self, raw))
  end

  -- The batch's mean squared error as the variance, and on to the running mean.
  local function optimal_nll(self, squares, count)
    local variance = ops.maximum(ops.mean(squares) * (1 / count), least)
    core.no_grad(function()
      local share = 1 - momentum
      self.running:copy_(self.running * momentum + core.tensor { share, share * variance:item() })
    end)
    return squares * (0.5 / variance) + (ops.log(variance) + log_2pi) * (0.5 * count)
  end

  function Gaussian:nll(raw, x)
    if self.variance == "per_pixel" then return Likelihood.nll(self, raw, x) end
    local squares = ops.mse(raw, x, nil, nil, "per_sample")
    local count = shapes.count(shapes.of_sample(x))
    if self.logvar then return (squares * ops.exp(-self.logvar) + (self.logvar + log_2pi) * count) * 0.5 end
    if self.running and self.training then return optimal_nll(self, squares, count) end
    local variance = self:current_variance()
    return squares * (0.5 / variance) + 0.5 * count * (math.log(variance) + log_2pi)
  end

  function Gaussian:config() return { name = self.kind, variance = self.variance, bound = self.bound } end

  return Gaussian
end
