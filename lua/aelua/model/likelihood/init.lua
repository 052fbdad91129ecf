--- Likelihoods by name: "bernoulli", "continuous_bernoulli", "gaussian",
--- "categorical", or with options { "gaussian", variance = "learned" }.
local errors = require "aelua.base.errors"
local named = require "aelua.base.named"

local files = {
  bernoulli = "aelua.model.likelihood.bernoulli",
  continuous_bernoulli = "aelua.model.likelihood.continuous_bernoulli",
  gaussian = "aelua.model.likelihood.gaussian",
  categorical = "aelua.model.likelihood.categorical",
}

---@param tools aelua.ModelTools
return function(tools)
  local M, made = {}, {}
  M.Likelihood = require "aelua.model.likelihood.likelihood"(tools)

  --- The likelihood that an option names.
  ---@param who string how messages begin
  ---@param spec any
  ---@return aelua.Likelihood
  function M.get(who, spec)
    if M.Likelihood.is(spec) then return spec end
    local name, options = named.split(who, "likelihood", spec, files)
    made[name] = made[name] or require(files[name])(M.Likelihood, tools)
    local takes_options = name == "gaussian" or name == "categorical"
    errors.check(takes_options or next(options) == nil, "invalid", "%s: likelihood %s has no option '%s'", who, name,
      tostring((next(options))))
    return made[name](options)
  end

  --- What files keep of a likelihood, which get takes. Raises unsupported for a class
  --- of the user's own.
  ---@param likelihood aelua.Likelihood
  ---@return string|table
  function M.describe(likelihood)
    errors.check(made[likelihood.kind] == getmetatable(likelihood), "unsupported",
      "the likelihood is %s, a class of your own, which no model file can carry", likelihood.class_name)
    return likelihood:config()
  end

  return M
end
