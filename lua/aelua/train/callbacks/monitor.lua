--- Watching one value of the history for improvement; shared by the callbacks
--- that wait for it.
local class = require "aelua.base.class"
local errors = require "aelua.base.errors"
local names = require "aelua.base.names"

---@class aelua.Monitor: aelua.Class
local Monitor = class("Monitor")

local grows = { psnr = true, ssim = true, accuracy = true, elbo = true, active_units = true }

--- The options every user of a monitor declares.
Monitor.options = {
  monitor = { type = "string" },
  mode = { type = "string", choices = { "auto", "min", "max" }, default = "auto" },
  min_delta = { type = "number", default = 0, min = 0 },
}

---@class aelua.MonitorOptions
---@field monitor? string a name of the history; default val_loss where there is a validation, else loss
---@field mode? "auto"|"min"|"max" "auto", the default, is "max" for psnr, ssim, accuracy, elbo, active_units, else "min"
---@field min_delta? number what counts as an improvement must be more than this; default 0

---@param who string how messages begin
---@param options aelua.MonitorOptions
--- `monitor` default: val_loss where there is a validation, else loss.
--- "auto" takes larger as better for psnr, ssim, accuracy, elbo, with or without val_.
function Monitor:init(who, options)
  self.who, self.name, self.mode, self.min_delta = who, options.monitor, options.mode, options.min_delta
end

--- Raises where rows will not have the value watched.
---@param columns aelua.Columns
function Monitor:check(columns)
  local name = self.name
  errors.check(not name or not columns:lacks(name), "invalid", "%s: monitor '%s' is not in the history%s", self.who, name,
    name and columns:hint(name))
end

--- The value watched in this row, and whether it beats the best so far (which it then is).
---@param row table<string, number>
---@return number value
---@return boolean better
function Monitor:look(row)
  local name = self.name or (row.val_loss and "val_loss" or "loss")
  local value = row[name]
  errors.check(value, "invalid", "%s: monitor '%s' is not in the history%s", self.who, name, names.hint(name, row))
  local maximize = self.mode == "max" or (self.mode == "auto" and grows[name:gsub("^val_", "")] or false)
  local gain = self.best and (maximize and value - self.best or self.best - value)
  local better = value == value and (gain == nil or gain > self.min_delta)
  if better then self.best = value end
  return value, better
end

return Monitor
