--- Brings training data to mean 0 and standard deviation 1 (of the population),
--- in two passes.
local core = require "aelua.core"
local Scaler = require "aelua.data.scaler"

local ops = core.ops

---@class aelua.StandardScaler: aelua.Scaler
local StandardScaler = Scaler:extend("StandardScaler")

function StandardScaler:measure(visit)
  local sum, count = nil, 0
  visit(function(x)
    local part = ops.sum(x, 1)
    sum, count = sum and sum + part or part, count + #x
  end)
  local mean, squares = sum / count, nil
  visit(function(x)
    local part = ops.sum(ops.square(x - mean), 1)
    squares = squares and squares + part or part
  end)
  return mean, ops.sqrt(squares / count)
end

return StandardScaler
