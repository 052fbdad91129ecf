local Schedule = require "aelua.schedule.schedule"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"

--- The same value at all times: schedule.constant(1e-3).
---@class aelua.ConstantSchedule: aelua.Schedule
local Constant = Schedule:extend("constant")

---@param value number
function Constant:init(value, ...)
  options.no_more("schedule.constant", "a number", ...)
  errors.check(type(value) == "number", "invalid", "schedule.constant: wants a number, got %s", errors.shown(value))
  self.constant, self.epochs = value, 1
end

function Constant:config() return { name = "constant", value = self.constant } end

function Constant:at(_time) return self.constant end

return Constant
