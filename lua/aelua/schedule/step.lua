local Schedule = require "aelua.schedule.schedule"

--- Multiplied with `factor` each time its epochs or steps have passed.
---@class aelua.StepSchedule: aelua.Schedule
local Step = Schedule:extend("step")

---@class aelua.StepScheduleOptions: aelua.ScheduleOptions
---@field from number the first value
---@field factor? number default 0.1
---@field epochs? number how long each value lasts, or
---@field steps? number

---@param given aelua.StepScheduleOptions
function Step:init(given)
  local o = self:read(given, {
    from = { type = "number", required = true },
    factor = { type = "number", default = 0.1, above = 0 },
  })
  self.from, self.factor = o.from, o.factor
end

function Step:at(time) return self.from * self.factor ^ math.floor(time) end

return Step
