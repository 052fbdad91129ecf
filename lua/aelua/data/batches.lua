--- The batches of a data set, one after the other. Called, it gives the next
--- batch, and nil after the last; called again after that it begins the next
--- epoch, in a new order where the sampler has one. A loop may be left at any
--- point; the next one on the same object goes on from there (`restart` begins the
--- epoch anew), and `dataset:batches` gives a new object each time.
---
--- A batch is a table:
---   input   [n, ...] real (i32 stays i32), or a table of named tensors
---   target  the same, where the data set has targets of its own; else nil
---   label   [n] i32 from 1, where it has labels; else nil
---   size    n
---   release()  gives the memory of its tensors back at once, for whoever is sure
---           that nobody else uses them; not where a data set is mapped, but for `augment`
local core = require "aelua.core"
local class = require "aelua.base.class"
local errors = require "aelua.base.errors"
local fields = require "aelua.data.fields"
local options = require "aelua.base.options"
local SequentialSampler = require "aelua.data.sequential_sampler"
local ShuffleSampler = require "aelua.data.shuffle_sampler"
local WeightedSampler = require "aelua.data.weighted_sampler"

local ops = core.ops

---@class aelua.BatchOptions
---@field size? integer samples in a batch, default 32, or all where there are fewer; the last may be smaller
---@field shuffle? boolean each epoch in a new random order, default false
---@field drop_last? boolean leave out a last batch that is smaller, default false
---@field seed? integer of the random order; default: from the stream that ae.seed sets
---@field balanced? boolean draw samples so that all classes are equally likely, with replacement
---@field weights? userdata|number[] draw samples with these weights, one for each, with replacement
---@field training? boolean false: what `augment` changes at random stays as it is, default true
---@field sampler? table an object whose draw(n) gives the epoch's order, [m] i32 of places 1..n

---@class aelua.Batches: aelua.Class
---@field sampler table
---@field size integer
---@operator len: integer
local Batches = class("Batches")

local declared = {
  size = { type = "integer", min = 1 },
  shuffle = { type = "boolean", default = false },
  drop_last = { type = "boolean", default = false },
  seed = { type = "integer" },
  balanced = { type = "boolean", default = false },
  weights = { type = { "userdata", "table" } },
  sampler = { type = "table" },
  training = { type = "boolean", default = true },
}

local who = "Dataset:batches"

local field_names = { "input", "target", "label" }

-- The sampler that the options ask for.
local function choose_sampler(dataset, o)
  local ways = {}
  for _, way in ipairs { "shuffle", "balanced", "weights", "sampler" } do
    if o[way] then ways[#ways + 1] = way end
  end
  errors.check(#ways <= 1, "invalid", "%s: of %s only one can be", who, table.concat(ways, " and "))
  errors.check(not o.seed or (#ways == 1 and not o.sampler), "invalid", "%s: seed wants shuffle, balanced or weights", who)
  if o.sampler then
    errors.check(type(o.sampler.draw) == "function", "type", "%s: a sampler wants a method draw(n)", who)
    return o.sampler
  end
  if o.weights then
    local sampler = WeightedSampler(o.weights, o.seed)
    errors.check(#sampler.weights == #dataset, "shape", "%s: %d weights for %d samples", who, #sampler.weights, #dataset)
    return sampler
  end
  if o.balanced then
    errors.check(dataset.label, "state", "%s: balanced wants a data set with labels", who)
    return WeightedSampler.balanced(dataset, o.seed)
  end
  return o.shuffle and ShuffleSampler(o.seed) or SequentialSampler()
end

---@param dataset aelua.Dataset
---@param given? aelua.BatchOptions
function Batches:init(dataset, given)
  local o = options.check(who, given, declared)
  errors.check(#dataset > 0, "invalid", "%s: the data set is empty", who)
  o.size = o.size or math.min(32, #dataset)
  errors.check(o.size <= #dataset, "invalid", "%s: a batch of %d is larger than the data (%d samples)", who, o.size,
    #dataset)
  self.dataset, self.size, self.drop_last = dataset, math.tointeger(o.size), o.drop_last
  self.training = o.training
  self.sampler = choose_sampler(dataset, o)
  self.owns_order = o.sampler == nil or dataset.rows ~= nil
  self.position = 0
end

-- Places of the epoch in the rows behind the data set.
local function begin_epoch(self)
  local dataset = self.dataset
  self.before = self.sampler.state and self.sampler:state()
  local order = self.sampler:draw(#dataset)
  errors.check(core.is_tensor(order) and order.dtype == "i32" and order.ndim == 1, "type",
    "%s: the sampler's draw wants to give an i32 tensor [m]", who)
  if dataset.rows then order = ops.index(dataset.rows, order) end
  self.order = core.keep(order)
  self.count = #order
  self.readings = {}
  for _, name in ipairs(field_names) do
    self.readings[name] = dataset[name] and fields.call(dataset[name], "open", order)
  end
end

local Batch = {}
Batch.__index = Batch

local function free(value)
  if core.is_tensor(value) then return value:free() end
  for _, one in pairs(value) do one:free() end
end

function Batch:release()
  for _, name in ipairs(field_names) do
    if self[name] then free(self[name]) end
  end
end

local function count_of(value)
  if core.is_tensor(value) then return value.ndim > 0 and #value or 0 end
  local _, one = next(value)
  return count_of(one)
end

-- What map i gives in place of the batch's input, and the target, which it may have replaced.
local function map_one(i, map, batch, training)
  local input = map.fn(batch.input, batch, training)
  errors.check(core.is_tensor(input) or type(input) == "table" and next(input) ~= nil, "type",
    "Dataset:map: function %d wants to give a tensor, got %s", i, type(input))
  errors.check(count_of(input) == batch.size, "shape", "Dataset:map: function %d wants to give %d samples, got %d", i,
    batch.size, count_of(input))
  return input, batch.target
end

-- A map of our own keeps no tensors: what it makes and does not give is let go, and what it replaces too, unless a
-- user's function made that.
local function apply(maps, batch, training)
  local ours = true
  for i, map in ipairs(maps) do
    local input, target = batch.input, batch.target
    if map.own then
      batch.input, batch.target = core.scope(map_one, i, map, batch, training)
      if ours and batch.input ~= input then free(input) end
      if ours and target and batch.target ~= target then free(target) end
    else
      batch.input, ours = map_one(i, map, batch, training), false
    end
  end
  return ours
end

-- The batch of the order's places first+1..first+n.
local function make(self, first, n)
  local batch = { size = n }
  for _, name in ipairs(field_names) do
    local reading = self.readings[name]
    if reading then batch[name] = fields.taken(self.dataset[name], reading, first + 1, n) end
  end
  local ours = core.no_grad(apply, self.dataset.maps, batch, self.training)
  return ours and setmetatable(batch, Batch) or batch
end

function Batches:__call()
  if not self.order then begin_epoch(self) end
  local n = math.min(self.size, self.count - self.position)
  if n == 0 or (self.drop_last and n < self.size) then
    self:restart()
    return nil
  end
  local batch = make(self, self.position, n)
  self.position = self.position + n
  return batch
end

--- How many batches an epoch has.
function Batches:__len()
  local count = self.sampler.count and self.sampler:count(#self.dataset) or #self.dataset
  return self.drop_last and count // self.size or (count + self.size - 1) // self.size
end

--- Begins the next epoch at the next call.
function Batches:restart()
  self:pause()
  if self.order and self.owns_order then self.order:free() end
  self.order, self.before, self.position, self.readings = nil, nil, 0, nil
end

-- Nothing is read ahead until the next call. A loop over `dataset:batches` ends so, however it is left.
function Batches:pause()
  for _, reading in pairs(self.readings or {}) do fields.call(reading, "close") end
end

Batches.__close = Batches.pause

--- Where it stands: put into a `Batches` over the same data with the same options,
--- the same batches follow.
---@return { position: integer, sampler: any }
function Batches:state()
  return { position = self.position, sampler = self.before or (self.sampler.state and self.sampler:state()) }
end

--- Goes on where `state` was taken.
---@param state { position: integer, sampler: any }
function Batches:load_state(state)
  self:restart()
  if self.sampler.load_state then self.sampler:load_state(state.sampler) end
  if state.position == 0 then return end
  begin_epoch(self)
  errors.check(math.type(state.position) == "integer" and state.position > 0 and state.position <= self.count, "state",
    "Batches:load_state: position %s of %d samples", tostring(state.position), self.count)
  self.position = state.position
end

return Batches
