--- The standard normal prior: mean 0, variance 1, no parameters.
local Prior = require "aelua.nn.prior"
local dist = require "aelua.dist"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"

---@class aelua.StandardPrior: aelua.Prior
local StandardPrior = Prior:extend("StandardPrior")
StandardPrior.is_standard = true

---@param given? table of options, of which it has none
function StandardPrior:init(given) options.check("StandardPrior", given, {}) end

function StandardPrior:distribution()
  errors.check(self.units, "state", "StandardPrior is not built: build({ units }) says how large codes are")
  return dist.Normal.standard { 1, self.units }
end

function StandardPrior:config() return {} end

function StandardPrior.from_config() return StandardPrior() end

return StandardPrior
