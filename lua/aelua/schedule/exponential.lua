local Schedule = require "aelua.schedule.schedule"

--- from * factor^t: multiplied with `factor` over its epochs or steps, evenly.
---@class aelua.ExponentialSchedule: aelua.Schedule
local Exponential = Schedule:extend("exponential")

---@class aelua.ExponentialScheduleOptions: aelua.ScheduleOptions
---@field from number the first value
---@field factor number
---@field epochs? number how long one multiplication takes, default 1, or
---@field steps? number

---@param given aelua.ExponentialScheduleOptions
function Exponential:init(given)
  local o = self:read(given, {
    from = { type = "number", required = true },
    factor = { type = "number", required = true, above = 0 },
  }, 1)
  self.from, self.factor = o.from, o.factor
end

function Exponential:at(time) return self.from * self.factor ^ time end

return Exponential
