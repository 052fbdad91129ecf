--- Bounds of a logarithm of a variance, smooth:
---   c + h tanh((v - c) / h), c the middle of the bounds, h half their distance
--- which is v about the middle.
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local names = require "aelua.base.names"

local ops = core.ops

local M = {}

--- A copy of the option `bound`; nil stays nil.
---@param who string how messages begin
---@param bound? number[] { low, high }
---@return number[]?
function M.check(who, bound)
  if bound == nil then return nil end
  local low, high = bound[1], bound[2]
  errors.check(#bound == 2 and type(low) == "number" and type(high) == "number" and low < high and high - low < math.huge,
    "invalid", "%s: bound wants { low, high }, low below high, got { %s, %s }", who, errors.shown(low), errors.shown(high))
  return { low, high }
end

--- `logvar` within the bounds; without bounds as it is.
---@param logvar aelua.Tensor
---@param bound? number[]
---@return aelua.Tensor
function M.apply(logvar, bound)
  if not bound then return logvar end
  local middle, half = (bound[1] + bound[2]) / 2, (bound[2] - bound[1]) / 2
  return ops.tanh((logvar - middle) * (1 / half)) * half + middle
end

return names.strict(M, "dist.bound")
