--- Corruption for denoising: functions of a batch of real tensors in 0..1 that
--- draw anew at every call. `ae.Autoencoder { corruption = ae.noise.gaussian(0.4) }`
--- trains from the corrupted input to the clean one (Vincent et al., "Extracting
--- and composing robust features with denoising autoencoders", ICML 2008).
local core = require "aelua.core"
local class = require "aelua.base.class"
local errors = require "aelua.base.errors"
local names = require "aelua.base.names"
local options = require "aelua.base.options"

local ops = core.ops

---@class aelua.Noise: aelua.Class
---@operator call(userdata): userdata
---@field kind string
---@field amount number
---@field clip boolean whether results are brought back into 0..1
local Noise = class("Noise")

function Noise:init(kind, amount, clip, draw)
  self.kind, self.amount, self.clip, self.draw = kind, amount, clip, draw
end

--- The corrupted copy of `x` [N, ...].
function Noise:__call(x)
  local noisy = self.draw(x, self.amount)
  return self.clip and ops.clamp(noisy, 0, 1) or noisy
end

--- What a saved model keeps of its corruption; `from_config` takes it back.
---@return table
function Noise:config()
  return { kind = self.kind, amount = self.amount, clip = self.clip }
end

local function check_amount(who, amount, most)
  errors.check(type(amount) == "number" and amount >= 0 and amount <= most, "invalid",
    "noise.%s wants a number from 0 to %s, got %s", who, most, errors.shown(amount))
end

local function uniform_like(x) return ops.rand(x.shape) end

local draws = {
  gaussian = function(x, std) return x + ops.randn(x.shape) * std end,
  speckle = function(x, std) return x * (ops.randn(x.shape) * std + 1) end,
  masking = function(x, share) return x * ops.ge(uniform_like(x), share):to("f32") end,
  salt_pepper = function(x, share)
    local u = uniform_like(x)
    local peppered = ops.where(ops.lt(u, share / 2), 0, x)
    return ops.where(ops.ge(u, 1 - share / 2), 1, peppered)
  end,
}

local M = {}

local clipping = { clip = { type = "boolean", default = true } }

local function clips(kind, given) return options.check("noise." .. kind, given, clipping).clip end

local function make(kind, amount, clip)
  check_amount(kind, amount, (kind == "masking" or kind == "salt_pepper") and 1 or math.huge)
  return Noise(kind, amount, clip, draws[kind])
end

--- x + std * N(0, 1), clipped to 0..1 unless `clip` is false.
---@param std number standard deviation, in units of the data
---@param given? { clip?: boolean }
---@return aelua.Noise
function M.gaussian(std, given) return make("gaussian", std, clips("gaussian", given)) end

--- x * (1 + std * N(0, 1)), clipped to 0..1 unless `clip` is false.
---@param std number
---@param given? { clip?: boolean }
---@return aelua.Noise
function M.speckle(std, given) return make("speckle", std, clips("speckle", given)) end

--- Sets each element to 0 with probability `share`.
---@param share number 0..1
---@return aelua.Noise
function M.masking(share, ...)
  options.no_more("noise.masking", "a share and no options", ...)
  return make("masking", share, false)
end

--- Sets each element to 0 with probability share/2, to 1 with probability share/2.
---@param share number 0..1
---@return aelua.Noise
function M.salt_pepper(share, ...)
  options.no_more("noise.salt_pepper", "a share and no options", ...)
  return make("salt_pepper", share, false)
end

--- A noise from what `config()` gave.
---@param config { kind: string, amount: number, clip: boolean }
---@return aelua.Noise
function M.from_config(config)
  errors.check(type(config) == "table" and draws[config.kind], "format", "noise: unknown kind '%s'%s",
    tostring(type(config) == "table" and config.kind), names.hint(type(config) == "table" and config.kind, draws))
  errors.check(type(config.clip) == "boolean", "format", "noise.%s: clip wants a boolean, got %s", config.kind,
    type(config.clip))
  return make(config.kind, config.amount, config.clip)
end

--- Whether `value` is one of these.
function M.is(value) return Noise.is(value) end

return names.strict(M, "noise")
