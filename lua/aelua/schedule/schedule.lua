local class = require "aelua.base.class"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"

--- A number that changes while a model is trained: a learning rate, the weight of
--- a term of the loss. A schedule counts epochs, or steps where it was made with
--- `steps` in place of `epochs`. For one of your own extend this class and
--- override `at`.
---@class aelua.Schedule: aelua.Class
---@field epochs number? its length, or unit, in epochs
---@field steps number? the same in steps; one of the two is set
---@field options table? what it was made with
local Schedule = class("schedule")

---@class aelua.ScheduleOptions
---@field epochs? number
---@field steps? number

--- Checks options against `declared` and takes over how time is counted: by
--- `epochs` or `steps`, one of which must be given unless there is a default.
---@param given table?
---@param declared table<string, aelua.Option>
---@param default? number of epochs
---@return table options
function Schedule:read(given, declared, default)
  local who = "schedule." .. self.class_name
  local all = { epochs = { type = "number", above = 0 }, steps = { type = "number", above = 0 } }
  for name, option in pairs(declared) do all[name] = option end
  local o = options.check(who, given, all)
  errors.check(not (o.epochs and o.steps), "invalid", "%s: wants epochs or steps, not both", who)
  errors.check(o.epochs or o.steps or default, "invalid", "%s: wants the option epochs or steps", who)
  self.options = o
  self.steps = o.steps
  if not o.steps then self.epochs = o.epochs or default end
  return o
end

--- The value while the next epoch or step is taken.
---@param epoch integer epochs done so far
---@param step? integer steps done so far; needed where the schedule counts steps
---@return number
function Schedule:value(epoch, step)
  local time = epoch
  if self.steps then time = step end
  errors.check(type(time) == "number" and time >= 0, "invalid", "schedule.%s: value wants the %s done so far, got %s",
    self.class_name, self.steps and "steps" or "epochs", tostring(time))
  return self:at(time / (self.steps or self.epochs))
end

--- The value at a time in units of the schedule's length: 0 its beginning, 1 its
--- end, after which training may go on.
---@param _time number
---@return number
function Schedule:at(_time)
  return errors.raise("unsupported", ("schedule.%s has no method 'at'"):format(self.class_name), 2)
end

--- What a file keeps of a schedule; schedule.from_config takes it back. nil: it
--- was made with something that is no option, or is a class of one's own.
---@return table?
function Schedule:config()
  if not self.options then return nil end
  local config = { name = self.class_name }
  for key, value in pairs(self.options) do config[key] = value end
  return config
end

--- What `load_state` goes on from: nothing, where the value depends on the time alone.
---@return table
function Schedule:state() return {} end

---@param _saved table
function Schedule:load_state(_saved) end

return Schedule
