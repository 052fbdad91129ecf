--- nmi(a, b): how far two labellings of the same samples agree, whatever their
--- labels are called: their mutual information over the mean of their entropies
--- (Strehl and Ghosh 2002, with the arithmetic mean). 1: the same parts, 0:
--- independent. Two labellings of one part each agree.
local codes_of = require "aelua.latent.codes"
local core = require "aelua.core"

local ops = core.ops

local function entropy(p)
  local positive = ops.maximum(p, 1e-30)
  return -ops.sum(p * ops.log(positive)):item()
end

---@param a userdata [N] i32, from 1
---@param b userdata [N] i32, from 1
---@return number 0 to 1
return function(a, b)
  codes_of.check_labels("latent.nmi", a)
  codes_of.check_labels("latent.nmi", b, #a)
  return core.scope(function()
    local both = codes_of.contingency(a, b) / #a
    local of_a, of_b = entropy(ops.sum(both, 2)), entropy(ops.sum(both, 1))
    if of_a + of_b == 0 then return 1.0 end
    return math.max(0, 2 * (of_a + of_b - entropy(both)) / (of_a + of_b))
  end)
end
