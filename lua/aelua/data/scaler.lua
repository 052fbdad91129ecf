--- What scalers share: y = (x - shift) / scale + offset, one shift and scale for
--- each feature of a sample or one for all, found by `fit` on the training part. A
--- scaler travels with a model (its `scaler` option): config() holds its numbers.
---
---   local scaler = data.StandardScaler():fit(train)
---   local model = ae.Autoencoder { ..., scaler = scaler }
local core = require "aelua.core"
local class = require "aelua.base.class"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"

local ops = core.ops

---@class aelua.Scaler: aelua.Class
---@field per_feature boolean
---@field shift userdata? real, the shape of a sample, or a single number; nil before fit
---@field scale userdata?
---@field offset number
---@field shape integer[]? of a sample
local Scaler = class("Scaler")

local batch_size = 1024

---@param given? { per_feature?: boolean } default true
---@param more? table<string, aelua.Option> options of a class
---@return table options
function Scaler:configure(given, more)
  local declared = { per_feature = { type = "boolean", default = true } }
  for name, option in pairs(more or {}) do declared[name] = option end
  local o = options.check(self.class_name, given, declared)
  self.per_feature, self.offset = o.per_feature, 0
  return o
end

-- fn(batch [n, ...], n) of every batch of a tensor or data set.
function Scaler:each_batch(samples, fn)
  local who = self.class_name .. ":fit"
  if core.is_tensor(samples) then
    errors.check(samples.ndim > 0 and #samples > 0, "shape", "%s wants samples [N, ...], got %s", who,
      shapes.text(samples.shape))
    self.shape = shapes.of_sample(samples)
    for first = 1, #samples, batch_size do
      local n = math.min(batch_size, #samples - first + 1)
      core.scope(fn, ops.scaled(ops.narrow(samples, 1, first, n)), n)
    end
    return
  end
  errors.check(type(samples) == "table" and samples.batches, "type", "%s wants a data set or a tensor, got %s", who,
    type(samples))
  errors.check(#samples > 0, "invalid", "%s: the data set is empty", who)
  errors.check(#samples.shape > 0, "unsupported", "%s: a data set of named inputs; fit one scaler for each", who)
  self.shape = samples.shape
  for batch in samples:batches { size = math.min(batch_size, #samples), training = false } do
    core.scope(fn, batch.input, batch.size)
    batch.input:free()
  end
end

-- The dimensions of a batch that fit takes together: all but the features'.
function Scaler:dims()
  if self.per_feature then return { 1 } end
  local dims = {}
  for i = 1, #self.shape + 1 do dims[i] = i end
  return dims
end

local function is_finite(t) return t:isfinite():all():item() == 1 end

--- Finds shift and scale. u8 counts as k/255. Errors: samples that are not finite.
---@generic T: aelua.Scaler
---@param self T
---@param samples aelua.Dataset|userdata the training part, [N, ...]
---@return T self
function Scaler:fit(samples)
  core.no_grad(self.find, self, samples)
  if not (is_finite(self.shift) and is_finite(self.scale)) then
    self.shift, self.scale = nil, nil
    errors.raise("invalid", ("%s:fit: the samples hold numbers that are not finite"):format(self.class_name), 2)
  end
  core.keep(self.shift, self.scale)
  return self
end

local function prepare(self, x, method)
  local who = ("%s:%s"):format(self.class_name, method)
  errors.check(self.shift, "state", "%s: fit comes first", who)
  errors.check(core.is_tensor(x), "type", "%s wants a tensor or a data set, got %s", who, type(x))
  if x.dtype == "u8" then x = ops.scaled(x) end
  local fits = not self.per_feature or shapes.equal(shapes.of_sample(x), self.shape)
  errors.check(fits, "shape", "%s: fitted to samples %s, got %s", who, shapes.text(self.shape), shapes.text(x.shape))
  return x
end

--- Whether shift and scale are known.
---@return boolean
function Scaler:is_fitted() return self.shift ~= nil end

--- Scaled samples: of a tensor [N, ...] a tensor, of a data set one that scales its batches.
---@param x any
---@return any
function Scaler:transform(x)
  if type(x) == "table" and x.map then
    errors.check(self.shift, "state", "%s:transform: fit comes first", self.class_name)
    return x:map(function(input) return self:transform(input) end)
  end
  local y = (prepare(self, x, "transform") - self.shift) / self.scale
  return self.offset == 0 and y or y + self.offset
end

--- Samples in their own units again.
---@param x userdata [N, ...] as transform gave it
---@return userdata
function Scaler:inverse(x)
  local y = prepare(self, x, "inverse")
  if self.offset ~= 0 then y = y - self.offset end
  return y * self.scale + self.shift
end

-- ---- In a model's file ----

local classes = {}

--- Lets files name a class of scalers.
function Scaler.register(scaler_class) classes[scaler_class.class_name] = scaler_class end

local function numbers(t) return ops.reshape(t, { -1 }):totable() end

--- What a model's file keeps; `from_config` takes it back.
---@return table
function Scaler:config()
  errors.check(self.shift, "state", "%s:config: fit comes first", self.class_name)
  return {
    kind = self.class_name, per_feature = self.per_feature, shape = self.shape, offset = self.offset,
    shift = numbers(self.shift), scale = numbers(self.scale),
  }
end

local function restore(list, shape)
  for _, number in ipairs(list) do
    errors.check(type(number) == "number", "format", "scaler: wants lists of numbers")
  end
  return core.keep(ops.reshape(core.tensor(list), shape))
end

--- A scaler from what config() gave. Errors: format.
---@param config table
---@return aelua.Scaler
function Scaler.from_config(config)
  errors.check(type(config) == "table" and classes[config.kind], "format", "scaler: unknown kind '%s'",
    tostring(type(config) == "table" and config.kind))
  errors.check(type(config.shape) == "table" and type(config.shift) == "table" and type(config.scale) == "table"
    and type(config.offset) == "number", "format", "scaler: wants shape, shift, scale and offset")
  local scaler = classes[config.kind]({ per_feature = config.per_feature == true })
  local shape = shapes.check("scaler", config.shape)
  local wanted = scaler.per_feature and shapes.count(shape) or 1
  errors.check(#config.shift == wanted and #config.scale == wanted, "format",
    "scaler: %d numbers for samples %s", #config.shift, shapes.text(shape))
  scaler.shape, scaler.offset = shape, config.offset
  scaler.shift = restore(config.shift, scaler.per_feature and shape or {})
  scaler.scale = restore(config.scale, scaler.per_feature and shape or {})
  return scaler
end

return Scaler
