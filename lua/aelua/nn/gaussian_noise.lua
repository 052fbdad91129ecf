--- In training mode adds N(0, std^2) to every element; in evaluation mode does
--- nothing.
local core = require "aelua.core"
local Layer = require "aelua.nn.layer"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"

local randn = core.ops.randn

---@class aelua.GaussianNoise: aelua.Layer
---@field std number
local GaussianNoise = Layer:extend("GaussianNoise")
GaussianNoise.transparent = GaussianNoise
GaussianNoise.regularizes = true

---@param std number standard deviation, at least 0
function GaussianNoise:init(std, ...)
  options.no_more("GaussianNoise", "a standard deviation", ...)
  errors.check(type(std) == "number" and std >= 0 and std < math.huge, "invalid",
    "GaussianNoise wants a standard deviation of at least 0, got %s", errors.shown(std))
  self.std = std
end

---@param x aelua.Tensor
---@return aelua.Tensor
function GaussianNoise:forward(x)
  if not self.training or self.std == 0 then return x end
  local noise = randn(x.shape, 0, self.std)
  local y = x + noise
  noise:free()
  return y
end

function GaussianNoise:config() return { std = self.std } end

function GaussianNoise.from_config(config) return GaussianNoise(config.std) end

return GaussianNoise
