--- Samples drawn with replacement, each with probability in proportion to its
--- weight; as many in an epoch as there are.
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local Sampler = require "aelua.data.sampler"

---@class aelua.WeightedSampler: aelua.Sampler
---@field weights userdata [N]
local WeightedSampler = Sampler:extend("WeightedSampler")

---@param weights userdata|number[] [N], from 0 up
---@param seed? integer default: from the stream that ae.seed sets
function WeightedSampler:init(weights, seed)
  Sampler.init(self, seed)
  if type(weights) == "table" then weights = core.tensor(weights) end
  errors.check(core.is_tensor(weights) and weights.ndim == 1, "shape", "WeightedSampler wants weights [N]")
  self.weights = core.keep(weights)
end

--- A sampler under which all classes of a data set are equally likely.
---@param dataset aelua.Dataset with labels
---@param seed? integer
---@return aelua.WeightedSampler
function WeightedSampler.balanced(dataset, seed)
  local labels, sizes = dataset:labels():totable(), {}
  for _, label in ipairs(labels) do sizes[label] = (sizes[label] or 0) + 1 end
  local weights = {}
  for i, label in ipairs(labels) do weights[i] = 1 / sizes[label] end
  return WeightedSampler(weights, seed)
end

--- The next epoch's n draws.
---@param n integer
---@return userdata [n] i32
function WeightedSampler:draw(n)
  errors.check(#self.weights == n, "shape", "WeightedSampler: %d weights for %d samples", #self.weights, n)
  return core.ops.sample_weighted(self.weights, n, self:advance())
end

return WeightedSampler
