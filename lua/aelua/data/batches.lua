--- One pass over a data set in batches: `for batch in ds:batches { size = 128 } do`.
--- Where it stands is a value that can be saved and gone back to.
local core = require "aelua.core"
local class = require "aelua.base.class"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local sampling = require "aelua.data.sampling"

local ops = core.ops
local gather_scaled, index, narrow = ops.gather_scaled, ops.index, ops.narrow

---@class aelua.Batch
---@field input userdata|table<string, userdata> [n, ...] real
---@field target? userdata|table<string, userdata> [n, ...]
---@field label? userdata [n] i32
local Batch = {}
Batch.__index = Batch

local function free(value)
  if core.is_tensor(value) then return value:free() end
  for _, one in pairs(value) do one:free() end
end

--- Gives the memory of the batch back at once, for whoever is sure that nobody
--- else uses its tensors. A batch that went through a map has no such method.
function Batch:release()
  for _, field in ipairs { "input", "target", "label" } do
    if self[field] ~= nil then free(self[field]) end
  end
end

---@class aelua.Batches: aelua.Class
---@operator call: aelua.Batch?
local Batches = class("Batches")

local declared = {
  size = { type = "integer", default = 32, min = 1 },
  shuffle = { type = "boolean", default = false },
  seed = { type = "integer" },
  drop_last = { type = "boolean", default = false },
  weights = {},
  balanced = { type = "boolean", default = false },
}

---@param set aelua.Dataset
---@param given? aelua.BatchOptions
function Batches:init(set, given)
  local o = options.check("Dataset:batches", given, declared)
  errors.check(#set > 0, "invalid", "Dataset:batches: the data set is empty")
  errors.check(o.size <= #set, "invalid", "Dataset:batches: a batch of %d is larger than the data (%d samples)",
    o.size, #set)
  self.set, self.size, self.drop_last = set, o.size, o.drop_last
  self.shuffle, self.weights = o.shuffle, sampling.weights(set, o)
  if self.shuffle or self.weights then self.seed = o.seed or sampling.draw_seed() end
  self.first = 1
end

-- The rows of this pass, in order; made when the first batch is asked for.
local function rows_of(self)
  local order
  local n = #self.set
  if self.weights then
    order = ops.sample_weighted(self.weights, n, self.seed, 0)
  elseif self.shuffle then
    order = ops.sample_shuffled(n, self.seed, 0)
  else
    return self.set.rows
  end
  return index(self.set.rows, order)
end

local function gather(value, rows)
  if core.is_tensor(value) then return gather_scaled(value, rows) end
  local result = {}
  for name, one in pairs(value) do result[name] = gather_scaled(one, rows) end
  return result
end

-- The next batch; nil after the last.
function Batches:__call()
  local count = math.min(self.size, #self.set - self.first + 1)
  if count <= 0 or (self.drop_last and count < self.size) then return nil end
  self.rows = self.rows or rows_of(self)
  local rows = narrow(self.rows, 1, self.first, count)
  self.first = self.first + count
  local fields = self.set.fields
  local batch = setmetatable({ input = gather(fields.input, rows) }, Batch)
  if fields.target then batch.target = gather(fields.target, rows) end
  if fields.label then batch.label = index(fields.label, rows) end
  rows:free()
  if self.set.fns[1] then setmetatable(batch, nil) end
  for i, fn in ipairs(self.set.fns) do
    batch = fn(batch)
    errors.check(type(batch) == "table" and batch.input ~= nil, "invalid",
      "Dataset:map: function %d wants to return a batch with `input`, got %s", i, type(batch))
  end
  return batch
end

--- Where the pass stands.
---@return { seed: integer?, first: integer }
function Batches:state() return { seed = self.seed, first = self.first } end

--- Goes on where `state` was taken, over the same data with the same options.
---@param state { seed: integer?, first: integer }
function Batches:load_state(state)
  errors.check(type(state) == "table" and math.type(state.first) == "integer" and state.first >= 1, "invalid",
    "Batches:load_state wants what state() gave")
  errors.check((state.seed ~= nil) == (self.seed ~= nil), "state", "Batches:load_state: one pass has an order, the other not")
  self.seed, self.first, self.rows = state.seed, state.first, nil
end

return Batches
