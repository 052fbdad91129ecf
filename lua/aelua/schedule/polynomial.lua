local Schedule = require "aelua.schedule.schedule"

--- to + (from - to) * (1 - t)^power, t running from 0 to 1; then `to`.
---@class aelua.PolynomialSchedule: aelua.Schedule
local Polynomial = Schedule:extend("polynomial")

---@class aelua.PolynomialScheduleOptions: aelua.ScheduleOptions
---@field from number the first value
---@field to? number the last, default 0
---@field power? number default 2
---@field epochs? number how long it takes, or
---@field steps? number

---@param given aelua.PolynomialScheduleOptions
function Polynomial:init(given)
  local o = self:read(given, {
    from = { type = "number", required = true },
    to = { type = "number", default = 0 },
    power = { type = "number", default = 2, above = 0 },
  })
  self.from, self.to, self.power = o.from, o.to, o.power
end

function Polynomial:at(time)
  return time >= 1 and self.to or self.to + (self.from - self.to) * (1 - time) ^ self.power
end

return Polynomial
