--- Features to mean 0 and standard deviation 1: y = (x - mean) / std, with the
--- mean and the standard deviation (over N) of the training part. A feature that
--- never changes becomes 0.
local core = require "aelua.core"
local Scaler = require "aelua.data.scaler"

local ops = core.ops

---@class aelua.StandardScaler: aelua.Scaler
local StandardScaler = Scaler:extend("StandardScaler")

---@param given? { per_feature?: boolean } default true
function StandardScaler:init(given) self:configure(given) end

-- The mean over all batches of what `fn` gives for each, [n, ...].
local function mean_of(self, samples, fn)
  local mean, seen = nil, 0
  self:each_batch(samples, function(x, n)
    local own = ops.mean(fn(x), self:dims())
    seen = seen + n
    mean = core.keep(mean and mean + (own - mean) * (n / seen) or own)
  end)
  return mean
end

-- Two passes: squares around the mean lose nothing to a large mean.
function StandardScaler:find(samples)
  local mean = mean_of(self, samples, function(x) return x end)
  local std = mean_of(self, samples, function(x) return ops.square(x - mean) end):sqrt()
  self.shift, self.scale = mean, ops.where(std:gt(0), std, ops.ones(std.shape))
end

Scaler.register(StandardScaler)

return StandardScaler
