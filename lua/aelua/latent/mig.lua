--- mig(codes, factors): the mutual information gap (Chen et al. 2018, Isolating
--- sources of disentanglement): of every factor, by how much the dimension that
--- knows most of it is ahead of the next, as a share of the factor's entropy; the
--- mean over factors. 1: every factor stands in one dimension alone. Codes count
--- in `bins` parts of equal width between their least and greatest value (20, as
--- Locatello et al. 2019 have it).
local codes_of = require "aelua.latent.codes"
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"

local ops = core.ops

-- One dimension's part for every code, [N] i32 from 1.
local function parts_of(column, bins)
  local least, most = ops.min(column):item(), ops.max(column):item()
  if most <= least then return ops.ones(column.shape, { dtype = "i32" }) end
  local place = ops.floor((column - least) * (bins / (most - least)))
  return ops.clamp(place, 0, bins - 1):to("i32") + 1
end

local function entropy(counts, n)
  local sum = 0
  for _, count in ipairs(counts:totable()) do
    if count > 0 then sum = sum - count / n * math.log(count / n) end
  end
  return sum
end

---@class aelua.MigOptions
---@field bins? integer default 20

---@param codes userdata [N, D], D at least 2: means, not samples
---@param factors userdata [N, F] i32, from 1
---@param given? aelua.MigOptions
---@return number 0 to 1
---@return number[] of every factor; those that never change count as 0 and not in the mean
return function(codes, factors, given)
  local who = "latent.mig"
  codes = codes_of.check(who, codes)
  local o = options.check(who, given, { bins = { type = "integer", default = 20, min = 2 } })
  errors.check(core.is_tensor(factors) and factors.dtype == "i32" and factors.ndim == 2 and #factors == #codes, "shape",
    "%s: wants factors i32 [%d, F], got %s", who, #codes,
    core.is_tensor(factors) and factors.dtype .. " " .. shapes.text(factors.shape) or type(factors))
  errors.check(codes.shape[2] >= 2, "shape", "%s: a gap wants codes of 2 dimensions or more", who)
  codes_of.check_finite(who, codes)
  local n = #codes
  return core.scope(function()
    local parts = {}
    for d = 1, codes.shape[2] do parts[d] = parts_of(ops.squeeze(ops.narrow(codes, 2, d, 1), 2), o.bins) end
    local gaps, sum, used = {}, 0, 0
    for f = 1, factors.shape[2] do
      local factor = ops.squeeze(ops.narrow(factors, 2, f, 1), 2)
      codes_of.check_labels(who, factor)
      local of_factor, known = nil, {}
      for d, part in ipairs(parts) do
        local both = codes_of.contingency(part, factor)
        of_factor = of_factor or entropy(ops.sum(both, 1), n)
        known[d] = of_factor + entropy(ops.sum(both, 2), n) - entropy(ops.flatten(both), n)
      end
      table.sort(known, function(x, y) return x > y end)
      gaps[f] = of_factor > 0 and (known[1] - known[2]) / of_factor or 0
      if of_factor > 0 then sum, used = sum + gaps[f], used + 1 end
    end
    return used > 0 and sum / used or 0.0, gaps
  end)
end
