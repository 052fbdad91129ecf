--- Which columns the rows of a run will have, as far as that is known before they are
--- there: so that a callback can refuse a name that no row will have before hours of
--- training, not after. Terms of the model are known after its first batch.
local class = require "aelua.base.class"
local Callback = require "aelua.train.callbacks.callback"
local names = require "aelua.base.names"

---@class aelua.Columns: aelua.Class
---@field names table<string, boolean> those known
---@field validated boolean whether there is a validation
---@field open boolean whether others may come of which nothing is known
local Columns = class("Columns")

---@param model table
---@param metrics aelua.Metric[]
---@param validated boolean
function Columns:init(model, metrics, validated)
  self.names, self.model, self.validated, self.open = {}, model, validated, true
  for _, name in ipairs { "epoch", "lr", "seconds" } do self.names[name] = true end
  self:add("loss")
  for _, metric in ipairs(metrics) do self:add(metric.name) end
end

function Columns:add(name)
  self.names[name] = true
  if self.validated then self.names["val_" .. name] = true end
end

-- The object or class that has the field itself.
local function holder(object, key)
  while type(object) == "table" do
    if rawget(object, key) ~= nil then return object end
    local meta = getmetatable(object)
    object = meta and meta.__index
  end
  return nil
end

-- Whether it is known what the model gives at the end of a pass: a class that extends
-- another's end_pass says so anew.
local function knows_pass_values(model)
  return model.end_pass == nil or holder(model, "end_pass") == holder(model, "pass_values")
end

--- Takes the terms of the first batch. A step of the model's own may give others with
--- every batch; `pass_values` names what end_pass gives.
---@param terms? table<string, number>
function Columns:add_terms(terms)
  local model = self.model
  for name in pairs(terms or {}) do self:add(name) end
  for _, name in ipairs(model.pass_values or {}) do self:add(name) end
  self.open = model.training_step ~= nil or not knows_pass_values(model)
end

--- Whether no row will have this name.
---@param name string
---@return boolean
function Columns:lacks(name)
  if self.names[name] then return false end
  return not self.open or (not self.validated and name:find("^val_") ~= nil)
end

--- What messages add: the name that is near, or that there is no validation.
---@param name string
---@return string
function Columns:hint(name)
  if not self.validated and name:find("^val_") then return ", which has val_ names where fit has the option validation" end
  return names.hint(name, self.names)
end

-- Whether a callback may add names of its own to rows: those of this library do not.
local function may_add(callback)
  local fn, meta = callback.on_epoch_end, getmetatable(callback)
  return fn ~= nil and fn ~= Callback.on_epoch_end and not (meta and rawget(meta, "only_reads_rows"))
end

--- Has callbacks look for the names that they want; those that come after one that may
--- add names to rows wait for the first row.
---@param callbacks table[]
function Columns:check(callbacks)
  for _, callback in ipairs(callbacks) do
    if callback.check_columns then callback:check_columns(self) end
    if may_add(callback) then return end
  end
end

return Columns
