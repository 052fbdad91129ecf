--- Samples: tensors whose first dimension counts them, a selection of their rows,
--- and what is done to a batch. Storage is shared by all selections; u8 stays u8
--- and becomes k/255 batch by batch.
local core = require "aelua.core"
local Batches = require "aelua.data.batches"
local class = require "aelua.base.class"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local sampling = require "aelua.data.sampling"

local ops = core.ops

---@class aelua.Fields the storage behind a data set
---@field input userdata|table<string, userdata> [M, ...], or several by name
---@field target? userdata|table<string, userdata> [M, ...]; nil: the input is its own target
---@field label? userdata [M] i32, classes from 1
---@field classes? string[] the names of the classes

---@class aelua.Dataset: aelua.Class
---@field shape table shape of one sample of the input, or shapes by name
---@field target_shape table? shape of one sample of the target, where there is one
---@field classes string[]? names of the classes
local Dataset = class("Dataset")

local function sample_shape(t)
  local shape = t.shape
  return table.move(shape, 2, #shape, 1, {})
end

-- fn of a tensor, or of each of a table of named ones.
local function each(value, fn, ...)
  if value == nil then return nil end
  if core.is_tensor(value) then return fn(value, ...) end
  local result = {}
  for name, one in pairs(value) do result[name] = fn(one, ...) end
  return result
end

local function count_samples(fields)
  local count
  local function check(t, what)
    errors.check(core.is_tensor(t), "type", "data: %s wants a tensor, got %s", what, type(t))
    errors.check(t.ndim > 0, "shape", "data: %s wants a dimension of samples, got a single number", what)
    count = count or #t
    errors.check(#t == count, "shape", "data: the %s has %d samples, the input %d", what, #t, count)
  end
  for _, what in ipairs { "input", "target", "label" } do
    local value = fields[what]
    if type(value) == "table" then
      errors.check(next(value) ~= nil, "invalid", "data: the %s is an empty table", what)
      for name, one in pairs(value) do check(one, ("%s '%s'"):format(what, tostring(name))) end
    elseif value ~= nil or what == "input" then
      check(value, what)
    end
  end
  return count
end

---@param fields aelua.Fields
---@param rows? userdata [N] i32 from 1: which samples; default: all
---@param fns? (fun(batch: table): table)[] what is done to a batch, in order
function Dataset:init(fields, rows, fns)
  local count = count_samples(fields)
  errors.check(not fields.label or (fields.label.dtype == "i32" and fields.label.ndim == 1), "type",
    "data: labels want an i32 tensor [N]")
  self.fields, self.rows, self.fns = fields, rows or ops.arange(1, count + 1, 1, "i32"), fns or {}
  self.classes = fields.classes
  self.shape = each(fields.input, sample_shape)
  self.target_shape = each(fields.target, sample_shape)
end

function Dataset:__len() return #self.rows end

function Dataset:with(rows, fns) return Dataset(self.fields, rows, fns or self.fns) end

--- Samples first..first+count-1.
---@param first integer
---@param count integer
---@return aelua.Dataset
function Dataset:narrow(first, count)
  errors.check(math.type(first) == "integer" and math.type(count) == "integer" and first >= 1 and count >= 0
    and first + count - 1 <= #self, "invalid", "Dataset:narrow wants a range of samples 1 to %d, got %s and %s",
    #self, tostring(first), tostring(count))
  return self:with(ops.narrow(self.rows, 1, first, count))
end

--- The first `count` samples; all, where there are fewer.
---@param count integer
---@return aelua.Dataset
function Dataset:take(count)
  errors.check(math.type(count) == "integer" and count >= 0, "invalid",
    "Dataset:take wants a number of samples, got %s", tostring(count))
  return self:narrow(1, math.min(count, #self))
end

--- All but the first `count` samples.
---@param count integer
---@return aelua.Dataset
function Dataset:skip(count)
  errors.check(math.type(count) == "integer" and count >= 0, "invalid",
    "Dataset:skip wants a number of samples, got %s", tostring(count))
  count = math.min(count, #self)
  return self:narrow(count + 1, #self - count)
end

--- The samples that an i32 tensor or a list names, in its order.
---@param which userdata|integer[]
---@return aelua.Dataset
function Dataset:select(which)
  if not core.is_tensor(which) then which = core.tensor(which, { dtype = "i32" }) end
  return self:with(ops.index(self.rows, which))
end

--- The samples in another order, drawn once.
---@param seed? integer default: drawn from the random stream
---@return aelua.Dataset
function Dataset:shuffle(seed)
  return self:with(ops.index(self.rows, ops.sample_shuffled(#self, seed or sampling.draw_seed(), 0)))
end

--- Applies `fn` to every batch as it is made: it gets the table { input =, target =,
--- label = } of real tensors and returns it, changed or anew.
---@param fn fun(batch: table): table
---@return aelua.Dataset
function Dataset:map(fn)
  errors.check(type(fn) == "function", "invalid", "Dataset:map wants a function, got %s", type(fn))
  local fns = table.move(self.fns, 1, #self.fns, 1, {})
  fns[#fns + 1] = fn
  return self:with(self.rows, fns)
end

--- The labels, [N] i32 from 1; nil where the data has none.
---@return userdata?
function Dataset:labels()
  return self.fields.label and ops.index(self.fields.label, self.rows) or nil
end

---@class aelua.SplitOptions
---@field shuffle? boolean draw which samples go where; default true
---@field seed? integer of that draw; default: drawn from the random stream
---@field stratify? boolean keep each class's share in every part; default false

--- Parts of the given sizes: shares (which may leave some out) or numbers of samples.
---   local train, test = ds:split(0.8)            -- and the rest
---   local a, b, c = ds:split { 1000, 200, 200 }
---@param sizes number|number[]
---@param given? aelua.SplitOptions
---@return aelua.Dataset ...
function Dataset:split(sizes, given)
  local o = options.check("Dataset:split", given, {
    shuffle = { type = "boolean", default = true }, seed = { type = "integer" },
    stratify = { type = "boolean", default = false },
  })
  local lists = sampling.split(self, sizes, o)
  local parts = {}
  for i, rows in ipairs(lists) do parts[i] = self:select(rows) end
  return table.unpack(parts)
end

local function joined(who, one, other)
  if one == nil and other == nil then return nil end
  errors.check(one ~= nil and other ~= nil, "invalid", "Dataset:concat: only one of the two has a %s", who)
  if core.is_tensor(one) and core.is_tensor(other) then return ops.concat({ one, other }, 1) end
  local result = {}
  for name, t in pairs(one) do result[name] = joined(("%s '%s'"):format(who, name), t, other[name]) end
  return result
end

-- The stored tensors of the samples selected.
local function stored(self, field)
  return each(self.fields[field], function(t) return ops.index(t, self.rows) end)
end

--- The samples of this and of another, copied. Neither has a map.
---@param other aelua.Dataset
---@return aelua.Dataset
function Dataset:concat(other)
  errors.check(Dataset.is(other), "type", "Dataset:concat wants a data set, got %s", type(other))
  errors.check(#self.fns == 0 and #other.fns == 0, "unsupported", "Dataset:concat does not take data sets with a map")
  local fields = { classes = self.classes or other.classes }
  for _, field in ipairs { "input", "target", "label" } do
    fields[field] = joined(field, stored(self, field), stored(other, field))
  end
  return Dataset(fields)
end

--- All samples of one field as one batch has them: real, u8 as k/255.
---@param field? "input"|"target"|"label" default "input"
---@return userdata|table<string, userdata>
function Dataset:tensor(field)
  errors.check(#self > 0, "invalid", "Dataset:tensor: the data set is empty")
  return self:batches { size = #self }()[field or "input"]
end

---@class aelua.BatchOptions
---@field size? integer samples in a batch, default 32; more than there are is an error
---@field shuffle? boolean a new order every time, default false
---@field seed? integer of that order; default: drawn from the random stream
---@field drop_last? boolean leave out a last batch that is smaller, default false
---@field weights? userdata|number[] draw samples with replacement, with probability in proportion
---@field balanced? boolean draw with replacement so that every class comes as often, default false

--- An iterator over batches, each with `input`, and `target` and `label` where
--- the data has them. Leaving the loop early is fine.
---   for batch in ds:batches { size = 128, shuffle = true } do ... end
---@param given? aelua.BatchOptions
---@return aelua.Batches
function Dataset:batches(given) return Batches(self, given) end

return Dataset
