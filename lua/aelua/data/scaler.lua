--- The base of scalers: y = (x - shift) / scale, fitted on training data, undone
--- exactly; travels with a model as a table of numbers.
local core = require "aelua.core"
local class = require "aelua.base.class"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"

local ops = core.ops

local batch_size = 1024

---@class aelua.Scaler: aelua.Class
---@field shift userdata? one number, or one per feature in a sample's shape
---@field scale userdata?
local Scaler = class("Scaler")

--- @param given? { per?: "feature"|"all" } one shift and scale for each element of a sample (default), or one for all
function Scaler:init(given)
  self.per = options.check(self.class_name, given, {
    per = { type = "string", choices = { "feature", "all" }, default = "feature" },
  }).per
end

-- Calls fn with each batch as [n, features], or [n * features, 1] for "all".
local function rows(self, data, fn)
  local function visit(t)
    if t.dtype == "u8" then t = ops.scaled(t) end
    fn(ops.reshape(t, self.per == "all" and { -1, 1 } or { #t, -1 }))
  end
  if core.is_tensor(data) then
    errors.check(data.ndim > 0 and #data > 0, "invalid", "%s:fit: the data is empty", self.class_name)
    for first = 1, #data, batch_size do
      visit(ops.narrow(data, 1, first, math.min(batch_size, #data - first + 1)))
    end
    return
  end
  errors.check(type(data) == "table" and data.batches, "type", "%s:fit wants a data set or a tensor, got %s",
    self.class_name, type(data))
  for batch in data:batches { size = math.min(batch_size, #data) } do visit(batch.input) end
end

--- Takes shift and scale from training data.
---@generic T: aelua.Scaler
---@param self T
---@param data any a data set or a tensor [N, ...]
---@return T self
function Scaler:fit(data)
  core.no_grad(function()
    local shape
    if self.per == "feature" then
      shape = core.is_tensor(data) and table.move(data.shape, 2, data.ndim, 1, {}) or data.shape
    end
    local shift, scale = self:measure(function(fn) rows(self, data, fn) end)
    -- A feature that never changes is only shifted.
    scale = ops.where(ops.eq(scale, 0), 1, scale)
    self.shift, self.scale = ops.reshape(shift, shape or {}), ops.reshape(scale, shape or {})
  end)
  return self
end

local function fitted(self, who)
  errors.check(self.shift, "state", "%s:%s: call fit first", self.class_name, who)
end

--- (x - shift) / scale
---@param x userdata [N, ...] real
---@return userdata
function Scaler:transform(x)
  fitted(self, "transform")
  return (x - self.shift) / self.scale
end

--- y * scale + shift
---@param y userdata [N, ...]
---@return userdata
function Scaler:inverse(y)
  fitted(self, "inverse")
  return y * self.scale + self.shift
end

--- What a saved model keeps; `ae.data.scaler.from_config` takes it back.
---@return table
function Scaler:config()
  fitted(self, "config")
  return {
    kind = self.class_name, per = self.per, shape = self.shift.shape,
    shift = self.shift:reshape(-1):totable(), scale = self.scale:reshape(-1):totable(),
  }
end

--- Takes the numbers of a config.
function Scaler:restore(config)
  local name = self.class_name
  errors.check(type(config.shape) == "table" and type(config.shift) == "table" and type(config.scale) == "table",
    "format", "%s: the config lacks shape, shift or scale", name)
  self.per = config.per
  self.shift = core.tensor(config.shift):reshape(config.shape)
  self.scale = core.tensor(config.scale):reshape(config.shape)
  return self
end

return Scaler
