--- factor_score(encode, draw, factors): the FactorVAE metric (Kim and Mnih 2018,
--- Disentangling by factorising). A vote: samples that share one factor are
--- encoded; the dimension that varies least among them, in units of its variance
--- over all samples, is to tell which factor it was. Half of the votes fit the rule
--- "this dimension means that factor", the other half test it: the share that it
--- gets right, chance being one over the factors. Dimensions whose
--- variance over all samples is not above `least` are not active (Burda et al. 2016)
--- and have no vote.
local codes_of = require "aelua.latent.codes"
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"

local ops = core.ops

local who = "latent.factor_score"

---@class aelua.FactorScoreOptions
---@field votes? integer for fitting, and again for testing; default 800
---@field samples? integer that share a factor in one vote; default 64
---@field reference? integer samples that give the variance over all; default 2000
---@field least? number variance, default 0.01

local function variances(codes, features)
  codes_of.check_finite(who, codes_of.check(who, codes, features))
  return ops.var(codes, 1)
end

-- The dimension of one vote, among those that take part.
local function vote(encode, draw, factor, o, scale, takes_part)
  return core.scope(function()
    local best, least = nil, math.huge
    for d, value in ipairs((variances(encode(draw(o.samples, factor)), #takes_part) / scale):totable()) do
      if takes_part[d] and value < least then best, least = d, value end
    end
    return best
  end)
end

---@param encode fun(samples: userdata): userdata samples [n, ...] to codes [n, D]
---@param draw fun(n: integer, fixed: integer?): userdata n samples, all alike in factor number `fixed`
---@param factors integer how many factors there are
---@param given? aelua.FactorScoreOptions
---@return number 0 to 1
return function(encode, draw, factors, given)
  local o = options.check(who, given, {
    votes = { type = "integer", default = 800, min = 1 }, samples = { type = "integer", default = 64, min = 2 },
    reference = { type = "integer", default = 2000, min = 2 }, least = { type = "number", default = 0.01, min = 0 },
  })
  errors.check(type(encode) == "function" and type(draw) == "function", "type",
    "%s: wants a function that encodes and one that draws", who)
  errors.check(math.type(factors) == "integer" and factors >= 2, "invalid", "%s: wants 2 factors or more, got %s", who,
    errors.shown(factors))
  local scale = core.scope(function() return variances(encode(draw(o.reference))) end)
  local all, takes_part, taking = scale:totable(), {}, 0
  for d, value in ipairs(all) do
    takes_part[d] = value > o.least
    taking = taking + (takes_part[d] and 1 or 0)
  end
  if taking == 0 then return 0.0 end
  local function next_vote()
    local factor = ops.randint({ 1 }, 1, factors):totable()[1]
    return factor, vote(encode, draw, factor, o, scale, takes_part)
  end
  local counts = {}
  for _ = 1, o.votes do
    local factor, dimension = next_vote()
    counts[dimension] = counts[dimension] or {}
    counts[dimension][factor] = (counts[dimension][factor] or 0) + 1
  end
  local rule = {}
  for dimension, by_factor in pairs(counts) do
    for factor = 1, factors do
      local best = rule[dimension]
      if by_factor[factor] and (not best or by_factor[factor] > by_factor[best]) then rule[dimension] = factor end
    end
  end
  local right = 0
  for _ = 1, o.votes do
    local factor, dimension = next_vote()
    if rule[dimension] == factor then right = right + 1 end
  end
  return right / o.votes
end
