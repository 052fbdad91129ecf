--- In which order an epoch takes samples. A sampler has
---   draw(n)  -> [m] i32: the next epoch's places in 1..n
---   count(n) -> m
---   state(), load_state(state): the seed and how many epochs were drawn, so that
---               a run can be resumed; the order of an epoch depends on both alone
local core = require "aelua.core"
local class = require "aelua.base.class"
local errors = require "aelua.base.errors"

local ops = core.ops

local M = {}

--- A seed from the stream that ae.seed sets, of 53 bits.
---@return integer
function M.draw_seed()
  local parts = ops.randint({ 2 }, 0, (1 << 26) - 1):totable()
  return parts[1] << 26 | parts[2]
end

---@class aelua.Sampler: aelua.Class
local Sampler = class("Sampler")

function Sampler:init(seed) self.seed, self.epoch = seed or M.draw_seed(), 0 end
function Sampler:count(n) return n end -- luacheck: no self
function Sampler:state() return { seed = self.seed, epoch = self.epoch } end

function Sampler:load_state(state)
  errors.check(type(state) == "table" and math.type(state.seed) == "integer" and math.type(state.epoch) == "integer",
    "state", "%s:load_state wants what state() gave", self.class_name)
  self.seed, self.epoch = state.seed, state.epoch
end

---@class aelua.SequentialSampler: aelua.Class
local Sequential = class("SequentialSampler")
function Sequential:draw(n) return ops.arange(1, n + 1, { dtype = "i32" }) end -- luacheck: no self
function Sequential:count(n) return n end -- luacheck: no self

---@class aelua.ShuffleSampler: aelua.Sampler
local Shuffle = Sampler:extend("ShuffleSampler")

function Shuffle:draw(n)
  local order = ops.sample_shuffled(n, self.seed, self.epoch)
  self.epoch = self.epoch + 1
  return order
end

---@class aelua.WeightedSampler: aelua.Sampler
local Weighted = Sampler:extend("WeightedSampler")

--- Draws with replacement, each sample with probability in proportion to its weight.
---@param weights userdata|number[] [N], from 0 up
---@param seed? integer default: from the stream that ae.seed sets
function Weighted:init(weights, seed)
  Sampler.init(self, seed)
  if type(weights) == "table" then weights = core.tensor(weights) end
  errors.check(core.is_tensor(weights) and weights.ndim == 1, "shape", "WeightedSampler wants weights [N]")
  self.weights = core.keep(weights)
end

function Weighted:draw(n)
  errors.check(#self.weights == n, "shape", "WeightedSampler: %d weights for %d samples", #self.weights, n)
  local order = ops.sample_weighted(self.weights, n, self.seed, self.epoch)
  self.epoch = self.epoch + 1
  return order
end

-- 1 over the size of each sample's class.
local function class_weights(dataset)
  local labels, sizes = dataset:labels():totable(), {}
  for _, label in ipairs(labels) do sizes[label] = (sizes[label] or 0) + 1 end
  local weights = {}
  for i, label in ipairs(labels) do weights[i] = 1 / sizes[label] end
  return weights
end

M.SequentialSampler, M.ShuffleSampler, M.WeightedSampler = Sequential, Shuffle, Weighted

--- The sampler that the options of `batches` ask for.
---@param who string
---@param dataset aelua.Dataset
---@param o aelua.BatchOptions checked
---@return table
function M.choose(who, dataset, o)
  local ways = {}
  for _, way in ipairs { "shuffle", "balanced", "weights", "sampler" } do
    if o[way] then ways[#ways + 1] = way end
  end
  errors.check(#ways <= 1, "invalid", "%s: of %s only one can be", who, table.concat(ways, " and "))
  if o.sampler then
    errors.check(type(o.sampler.draw) == "function", "type", "%s: a sampler wants a method draw(n)", who)
    return o.sampler
  end
  if o.weights then
    local sampler = Weighted(o.weights, o.seed)
    errors.check(#sampler.weights == #dataset, "shape", "%s: %d weights for %d samples", who, #sampler.weights, #dataset)
    return sampler
  end
  if o.balanced then
    errors.check(dataset.label, "state", "%s: balanced wants a data set with labels", who)
    return Weighted(class_weights(dataset), o.seed)
  end
  return o.shuffle and Shuffle(o.seed) or Sequential()
end

return M
