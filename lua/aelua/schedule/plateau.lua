local Schedule = require "aelua.schedule.schedule"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"

--- Multiplied with `factor` where what is observed has not improved for
--- `patience` epochs. The callback LRScheduler has it observe the validation's
--- loss, or the training's; in a loop of your own call `observe` after each epoch.
---@class aelua.PlateauSchedule: aelua.Schedule
local Plateau = Schedule:extend("plateau")

---@class aelua.PlateauScheduleOptions
---@field from number the first value
---@field factor? number default 0.1
---@field patience? integer epochs without improvement that bring the next value, default 10
---@field cooldown? integer epochs after a change that do not count, default 0
---@field min? number the least value, default 0
---@field min_delta? number what counts as improvement, default 1e-4
---@field mode? "min"|"max" whether less or more is better, default "min"

---@param given aelua.PlateauScheduleOptions
function Plateau:init(given)
  local o = options.check("schedule.plateau", given, {
    from = { type = "number", required = true },
    factor = { type = "number", default = 0.1, above = 0, max = 1 },
    patience = { type = "integer", default = 10, min = 1 },
    cooldown = { type = "integer", default = 0, min = 0 },
    min = { type = "number", default = 0 },
    min_delta = { type = "number", default = 1e-4, min = 0 },
    mode = { type = "string", default = "min", choices = { "min", "max" } },
  })
  self.options, self.current, self.epochs = o, o.from, 1
  self.waited, self.cooling = 0, 0
end

function Plateau:at(_time) return self.current end

-- Whether `value` is better than the best so far; nan is never.
local function improves(self, value)
  if not self.best then return value == value end
  local gain = self.best - value
  if self.options.mode == "max" then gain = -gain end
  return gain > self.options.min_delta
end

--- Takes note of an epoch's result.
---@param value number
function Plateau:observe(value)
  errors.check(type(value) == "number", "invalid", "schedule.plateau: observe wants a number, got %s", errors.shown(value))
  local o = self.options
  if improves(self, value) then
    self.best, self.waited = value, 0
  elseif self.cooling == 0 then
    self.waited = self.waited + 1
  end
  if self.cooling > 0 then self.cooling, self.waited = self.cooling - 1, 0 end
  if self.waited >= o.patience and self.current > o.min then
    self.current = math.max(self.current * o.factor, o.min)
    self.waited, self.cooling = 0, o.cooldown
  end
end

--- None: it follows a run, not the time alone.
function Plateau:config() return nil end

---@return table
function Plateau:state()
  return { current = self.current, best = self.best, waited = self.waited, cooling = self.cooling }
end

---@param saved table
function Plateau:load_state(saved)
  self.current, self.best, self.waited, self.cooling = saved.current, saved.best, saved.waited, saved.cooling
end

return Plateau
