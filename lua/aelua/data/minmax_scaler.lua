--- Brings training data into 0..1: shift = min, scale = max - min.
local core = require "aelua.core"
local Scaler = require "aelua.data.scaler"

local ops = core.ops

---@class aelua.MinMaxScaler: aelua.Scaler
local MinMaxScaler = Scaler:extend("MinMaxScaler")

function MinMaxScaler:measure(visit)
  local low, high
  visit(function(x)
    local least, greatest = ops.min(x, 1), ops.max(x, 1)
    low = low and ops.minimum(low, least) or least
    high = high and ops.maximum(high, greatest) or greatest
  end)
  return low, high - low
end

return MinMaxScaler
