local Schedule = require "aelua.schedule.schedule"

--- A straight line from one value to another, where it stays.
---@class aelua.LinearSchedule: aelua.Schedule
local Linear = Schedule:extend("linear")

---@class aelua.LinearScheduleOptions: aelua.ScheduleOptions
---@field from number the first value
---@field to number the last
---@field epochs? number how long it takes, or
---@field steps? number

---@param given aelua.LinearScheduleOptions
function Linear:init(given)
  local o = self:read(given, {
    from = { type = "number", required = true },
    to = { type = "number", required = true },
  })
  self.from, self.to = o.from, o.to
end

function Linear:at(time) return time >= 1 and self.to or self.from + (self.to - self.from) * time end

return Linear
