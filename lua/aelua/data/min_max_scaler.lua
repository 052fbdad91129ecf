--- Features to a range: y = low + (x - min) / (max - min) * (high - low), with the
--- smallest and largest value of the training part. A feature that never changes
--- becomes low. Values beyond those seen in training leave the range.
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local Scaler = require "aelua.data.scaler"

local ops = core.ops

---@class aelua.MinMaxScaler: aelua.Scaler
local MinMaxScaler = Scaler:extend("MinMaxScaler")

---@param given? { low?: number, high?: number, per_feature?: boolean } defaults: 0, 1, true
function MinMaxScaler:init(given)
  local o = self:configure(given, {
    low = { type = "number", default = 0 }, high = { type = "number", default = 1 },
  })
  errors.check(o.low < o.high, "invalid", "MinMaxScaler: low wants to be below high, got %s and %s", o.low, o.high)
  self.low, self.high = o.low, o.high
end

function MinMaxScaler:find(samples)
  local least, most
  self:each_batch(samples, function(x)
    local low, high = ops.min(x, self:dims()), ops.max(x, self:dims())
    least = core.keep(least and ops.minimum(least, low) or low)
    most = core.keep(most and ops.maximum(most, high) or high)
  end)
  local range = most - least
  self.shift, self.offset = least, self.low
  self.scale = ops.where(range:gt(0), range, ops.ones(range.shape)) / (self.high - self.low)
end

Scaler.register(MinMaxScaler)

return MinMaxScaler
