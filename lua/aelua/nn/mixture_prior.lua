--- A prior that is learned with the model: a mixture of normal distributions, its
--- weights, means and variances parameters.
local core = require "aelua.core"
local Prior = require "aelua.nn.prior"
local dist = require "aelua.dist"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local parameter = require "aelua.nn.parameter"

local ops = core.ops

---@class aelua.MixturePrior: aelua.Prior
---@field components integer
---@field weights aelua.Tensor [K] logits, 0 at first
---@field means aelua.Tensor [K, D], standard normal numbers at first
---@field logvars aelua.Tensor [K, D], 0 at first
local MixturePrior = Prior:extend("MixturePrior")

---@class aelua.MixturePriorOptions
---@field components? integer default 10

local function zeros(shape) return ops.zeros(shape) end
local function normal(shape) return ops.randn(shape) end

local declared = { components = { type = "integer", min = 1, default = 10 } }

---@param given? aelua.MixturePriorOptions
function MixturePrior:init(given) self.components = options.check("MixturePrior", given, declared).components end

function MixturePrior:make(units)
  local k = self.components
  self.weights = parameter.new("MixturePrior", zeros, { k }, k, k)
  self.means = parameter.new("MixturePrior", normal, { k, units }, k, units)
  self.logvars = parameter.new("MixturePrior", zeros, { k, units }, k, units)
end

function MixturePrior:label() return ("%s %d"):format(self.class_name, self.components) end

function MixturePrior:is_built() return self.units ~= nil end

function MixturePrior:distribution()
  errors.check(self.units, "state", "MixturePrior is not built: build({ units }) says how large codes are")
  return dist.Mixture(self.weights, dist.Normal(self.means, self.logvars))
end

function MixturePrior:config() return { components = self.components } end

function MixturePrior.from_config(config) return MixturePrior(config) end

return MixturePrior
