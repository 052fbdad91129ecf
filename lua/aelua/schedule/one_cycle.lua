local Schedule = require "aelua.schedule.schedule"

--- Up to a maximum and down again, each along half a cosine (Smith, Topin,
--- Super-convergence, 2018).
---@class aelua.OneCycleSchedule: aelua.Schedule
local OneCycle = Schedule:extend("one_cycle")

---@class aelua.OneCycleScheduleOptions: aelua.ScheduleOptions
---@field max number the value at the top
---@field from? number the first, default max / 25
---@field to? number the last, default max / 250000
---@field rise? number the share of the time that leads to the top, default 0.3
---@field epochs? number how long it all takes, or
---@field steps? number

---@param given aelua.OneCycleScheduleOptions
function OneCycle:init(given)
  local o = self:read(given, {
    max = { type = "number", required = true },
    from = { type = "number" },
    to = { type = "number" },
    rise = { type = "number", default = 0.3, above = 0, max = 1 },
  })
  self.max, self.rise = o.max, o.rise
  self.from, self.to = o.from or o.max / 25, o.to or o.max / 250000
end

-- Half a cosine from a to b, t running from 0 to 1.
local function ease(a, b, t) return b + (a - b) * (1 + math.cos(math.pi * t)) / 2 end

function OneCycle:at(time)
  if time < self.rise then return ease(self.from, self.max, time / self.rise) end
  if time >= 1 then return self.to end
  return ease(self.max, self.to, (time - self.rise) / (1 - self.rise))
end

return OneCycle
