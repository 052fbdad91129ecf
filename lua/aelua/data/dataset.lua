--- Samples, their targets and labels, and ways to look at a part of them. Every
--- method gives a new data set that shares the rows with its origin (tensors in
--- memory, or pictures in files: tensor_rows.lua); a shuffled or split one holds a
--- list of places beside them.
---
--- u8 stays u8 here and becomes real, k/255, batch by batch; a mapped data set
--- runs its functions batch by batch too.
local core = require "aelua.core"
local Augmentation = require "aelua.data.augmentation"
local Batches = require "aelua.data.batches"
local class = require "aelua.base.class"
local classes = require "aelua.data.classes"
local errors = require "aelua.base.errors"
local fields = require "aelua.data.fields"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"
local split = require "aelua.data.split"

local ops = core.ops

---@class aelua.Dataset: aelua.Class
---@field shape table shape of one sample, {28, 28, 1}; named shapes where inputs are named
---@field target_shape table? shape of one target, where the data set has its own
---@field classes string[]? names of the labels' classes
---@operator len: integer
local Dataset = class("Dataset")

---@class aelua.DatasetOptions
---@field input any [N, ...]: a tensor, rows, or a table of named ones
---@field target? any [N, ...] the same, where it is not the input
---@field labels? userdata [N] i32, from 1
---@field classes? string[] names of the labels; default: they have none

local declared = { input = {}, target = {}, labels = {}, classes = { type = "table" } }

---@param parts aelua.DatasetOptions
function Dataset:init(parts)
  parts = options.check("Dataset", parts, declared)
  errors.check(parts.labels or not parts.classes, "invalid", "Dataset: classes wants labels")
  self.input, self.count = fields.of("Dataset", "input", parts.input)
  self.shape = fields.shape(self.input)
  if parts.target then
    self.target = fields.of("Dataset", "target", parts.target, self.count)
    self.target_shape = fields.shape(self.target)
  end
  if parts.labels then
    self.label = fields.of("Dataset", "labels", parts.labels, self.count)
    self.classes = parts.classes
  end
  self.maps = {}
end

-- A data set like this one but for `changes`.
local function derive(self, changes)
  local copy = setmetatable({}, Dataset)
  for key, value in pairs(self) do copy[key] = value end
  for key, value in pairs(changes) do copy[key] = value end
  return copy
end

function Dataset:__len() return self.count end

-- Samples are no fields: train[1] would be nil unnoticed.
function Dataset:__index(key)
  if math.type(key) == "integer" then
    errors.raise("invalid", ("Dataset: has no element [%d]; a tensor of sample %d is set:narrow(%d, 1):tensor()[1], a data set "
      .. "of it set:narrow(%d, 1)"):format(key, key, key, key), 2)
  end
  return Dataset[key]
end

function Dataset:__tostring()
  local parts = { ("%d samples %s"):format(self.count, shapes.text(self.shape)) }
  if self.target then parts[#parts + 1] = "targets " .. shapes.text(self.target_shape) end
  if self.label then parts[#parts + 1] = self.classes and ("%d classes"):format(#self.classes) or "labels" end
  local skipped = #(self:info().skipped or {})
  if skipped > 0 then parts[#parts + 1] = ("%d skipped"):format(skipped) end
  return "Dataset: " .. table.concat(parts, ", ")
end

-- ---- Parts ----

--- Samples first..first+count-1.
---@param first integer from 1
---@param count? integer default: all that follow
---@return aelua.Dataset
function Dataset:narrow(first, count)
  errors.check(math.type(first) == "integer" and first >= 1 and first <= self.count + 1, "invalid",
    "Dataset:narrow: the first sample is 1 to %d, got %s", self.count, errors.shown(first))
  count = count or self.count - first + 1
  errors.check(math.type(count) == "integer" and count >= 0 and count <= self.count - first + 1, "invalid",
    "Dataset:narrow: wants 0 to %d samples from %d on, got %s", self.count - first + 1, first, errors.shown(count))
  if self.rows then
    return derive(self, { count = count, rows = core.keep(ops.narrow(self.rows, 1, first, count)) })
  end
  local function part(field) return field and fields.call(field, "narrow", first, count) end
  return derive(self, { count = count, input = part(self.input), target = part(self.target), label = part(self.label) })
end

local function check_natural(who, n)
  errors.check(math.type(n) == "integer" and n >= 0, "invalid", "%s wants a number of samples, got %s", who, errors.shown(n))
end

--- The first n samples; all, where there are fewer.
---@param n integer
---@return aelua.Dataset
function Dataset:take(n)
  check_natural("Dataset:take", n)
  return self:narrow(1, math.min(n, self.count))
end

--- All but the first n samples; none, where there are fewer.
---@param n integer
---@return aelua.Dataset
function Dataset:skip(n)
  check_natural("Dataset:skip", n)
  return self:narrow(math.min(n, self.count) + 1)
end

--- The samples at the given places, in that order; a place may come more than once.
---@param places userdata|integer[] [n] i32, from 1
---@return aelua.Dataset
function Dataset:select(places)
  if type(places) == "table" then places = core.tensor(places, { dtype = "i32" }) end
  errors.check(core.is_tensor(places) and places.dtype == "i32" and places.ndim == 1, "type",
    "Dataset:select: wants places as an i32 tensor [n] or a table of integers")
  local rows = ops.index(self.rows or ops.arange(1, self.count + 1, { dtype = "i32" }), places)
  return derive(self, { count = #rows, rows = core.keep(rows) })
end

--- The samples in a random order.
---@param given? { seed?: integer } default: from the stream that ae.seed sets
---@return aelua.Dataset
function Dataset:shuffle(given) return self:select(split.order("Dataset:shuffle", self.count, given)) end

--- Parts without a sample in common: shares of the whole, floats below 1 that add
--- up to at most 1, or counts, integers; what they leave is one part more. Shuffled
--- before; with `stratify` each class goes to the parts in these proportions, to
--- the nearest sample. Sizes may come in a table.
---   train:split(0.9)                      -> 0.9, 0.1
---   train:split(0.8, 0.1, { seed = 1 })   -> 0.8, 0.1, 0.1
---   train:split(50000, { shuffle = false })
---@param ... number|number[]|{ seed?: integer, shuffle?: boolean, stratify?: boolean }
---@return aelua.Dataset ...
function Dataset:split(...)
  local orders = split.orders(self, ...)
  for i, order in ipairs(orders) do orders[i] = self:select(order) end
  return table.unpack(orders)
end

-- ---- Contents ----

--- The labels, [N] i32 from 1; `classes` has their names.
---@return userdata
function Dataset:labels()
  errors.check(self.label, "state", "Dataset:labels: this data set has no labels")
  return self.label:stored(self.rows)
end

-- Everything in one batch, through the functions of `map`.
local function whole(self)
  errors.check(self.count > 0, "invalid", "Dataset: an empty data set cannot be mapped")
  return Batches(self, { size = self.count, training = false })()
end

--- All samples as one batch has them: every function of `map` applied, u8 as k/255.
---@param field? "input"|"target" default "input"; the target is nil where it is the input
---@return userdata|table|nil [N, ...] real
function Dataset:tensor(field, ...)
  options.no_more("Dataset:tensor", "the name of a field", ...)
  field = field or "input"
  errors.check(field == "input" or field == "target", "invalid", "Dataset:tensor wants 'input' or 'target', got %s",
    errors.shown(field))
  if #self.maps > 0 then return whole(self)[field] end
  return self[field] and fields.call(self[field], "scaled", self.rows)
end

--- Inputs and targets as they are stored, u8 as u8, in the order of this data set;
--- those of a mapped one as they come out, and of one joined from u8 and real ones as
--- batches have them. The target is nil where it is the input.
---@return userdata|table input
---@return userdata|table? target
function Dataset:stored()
  if #self.maps > 0 then
    local batch = whole(self)
    return batch.input, batch.target
  end
  return fields.call(self.input, "stored", self.rows), self.target and fields.call(self.target, "stored", self.rows)
end

-- What is drawn anew for every batch cannot become fixed samples unnoticed.
local function check_settled(set, who)
  errors.check(not set.augmented, "state", "%s wants data sets before augment, which draws anew for every batch", who)
end

--- Inputs and targets as another data set takes them: pictures in files stay
--- there. Those of a mapped data set are made. The target is nil where it is the input.
---@param who string how messages begin
---@return table input
---@return table? target
function Dataset:fields(who)
  check_settled(self, who)
  if #self.maps > 0 then
    local input, target = self:stored()
    return fields.of("Dataset", "input", input), target and fields.of("Dataset", "target", target)
  end
  local function selected(field) return self.rows and field and fields.call(field, "select", self.rows) or field end
  return selected(self.input), selected(self.target)
end

---@class aelua.RowsInfo of all samples that the data set's are among
---@field samples integer
---@field bytes integer of them as they are stored
---@field kept boolean whether they are kept in memory
---@field held integer how many lie in memory now
---@field decoded integer pictures read from files so far; it stays as it is once all are kept
---@field skipped { path: string, message: string }[] pictures that could not be read
---@field folder? string where pictures are

--- Where the inputs lie; of named ones, by name.
---@return aelua.RowsInfo|table<string, aelua.RowsInfo>
function Dataset:info() return fields.call(self.input, "info") end

--- The files of pictures, one for each sample; of named inputs, by name.
---@return string[]|table<string, string[]>
function Dataset:paths()
  return fields.call(self.input, "paths", self.rows)
end

-- A data set whose batches go through `map` too.
local function add_map(self, map)
  local maps = table.move(self.maps, 1, #self.maps, 1, {})
  maps[#maps + 1] = map
  local mapped = derive(self, { maps = maps })
  if self.count > 0 then
    for batch in mapped:narrow(1, 1):batches { size = 1, training = false } do
      mapped.shape = shapes.of_sample(batch.input)
      mapped.target_shape = batch.target and shapes.of_sample(batch.target)
    end
  end
  return mapped
end

--- Applies fn to every batch's input as the batch is made.
---   train:map(function(x) return x * 2 - 1 end)
--- fn(input, batch, training) is given a batch's input [n, ...], real, and gives the
--- new one, of as many samples; it may replace batch.target too. A data set without
--- targets of its own takes the mapped input as the target. `training` is false where
--- a model is evaluated. fn runs without gradients.
---@param fn fun(input: userdata, batch: table, training: boolean): userdata
---@return aelua.Dataset
function Dataset:map(fn, ...)
  options.no_more("Dataset:map", "a function", ...)
  errors.check(type(fn) == "function", "type", "Dataset:map: wants a function, got %s", type(fn))
  return add_map(self, { fn = fn })
end

--- Changes pictures [H, W, C] at random as batches are made for training, anew each
--- time: a part of them, shifted, turned over, brighter or darker, with more or less
--- contrast, in this order. Where a model is evaluated, and in `tensor`, a crop is the
--- middle and nothing else is changed.
---   train:augment { flip = "horizontal", shift = 2, brightness = 0.1 }
---   train:augment { crop = { 24, 24 } }
---   data.pairs(small, large):augment { crop = 16, flip = "both" }   -- the same places in both
--- A crop is another shape of samples: what the model is tested on wants it too. Draws
--- come from the stream that ae.seed sets. A data set without targets of its own takes
--- the changed input as the target.
---@param given aelua.AugmentOptions
---@return aelua.Dataset
function Dataset:augment(given)
  local augmentation = Augmentation(given)
  local changed = add_map(self, { own = true, fn = function(...) return augmentation:apply(...) end })
  changed.augmented = true
  return changed
end

--- The samples of this data set and of others of the same shape, one after the
--- other. Labels are kept where all have them; classes are those of all, by name.
---@param ... aelua.Dataset
---@return aelua.Dataset
function Dataset:concat(...)
  local input, target = self:fields("Dataset:concat")
  local labels, names = self.label and self:labels(), self.classes
  for i, other in ipairs { ... } do
    errors.check(Dataset.is(other), "type", "Dataset:concat: argument %d is no data set", i)
    errors.check(shapes.equal(self.shape, other.shape), "shape", "Dataset:concat: samples %s and %s",
      shapes.text(self.shape), shapes.text(other.shape))
    local more, more_target = other:fields("Dataset:concat")
    errors.check((target ~= nil) == (more_target ~= nil), "state",
      "Dataset:concat: some of the data sets have targets of their own, some have not")
    input = fields.join("Dataset:concat", input, more)
    if target then target = fields.join("Dataset:concat", target, more_target) end
    if labels and other.label then
      local mine, theirs
      mine, theirs, names = classes.unite(labels, names, other:labels(), other.classes)
      labels = ops.concat({ mine, theirs })
    else
      labels, names = nil, nil
    end
  end
  return Dataset { input = input, target = target, labels = labels, classes = names }
end

--- The batches, one after the other.
---   for batch in train:batches { size = 128, shuffle = true } do ... batch.input ... end
---@param given? aelua.BatchOptions
---@return aelua.Batches
function Dataset:batches(given)
  local batches = Batches(self, given)
  return batches, nil, nil, batches -- the last one is closed at the end of a loop
end

return Dataset
