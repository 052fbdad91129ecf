local Schedule = require "aelua.schedule.schedule"

--- Several times from one value to another: in each cycle along a straight line
--- for a share of it, then constant; after the last cycle it stays (Fu and others,
--- "Cyclical annealing schedule", NAACL 2019).
---@class aelua.CyclicSchedule: aelua.Schedule
local Cyclic = Schedule:extend("cyclic")

---@class aelua.CyclicScheduleOptions: aelua.ScheduleOptions
---@field from? number the first value of each cycle, default 0
---@field to? number the last, default 1
---@field cycles? integer default 4
---@field rise? number the share of a cycle that leads from one to the other, default 0.5
---@field epochs? number how long all cycles take, or
---@field steps? number

---@param given aelua.CyclicScheduleOptions
function Cyclic:init(given)
  local o = self:read(given, {
    from = { type = "number", default = 0 },
    to = { type = "number", default = 1 },
    cycles = { type = "integer", default = 4, min = 1 },
    rise = { type = "number", default = 0.5, above = 0, max = 1 },
  })
  self.from, self.to, self.cycles, self.rise = o.from, o.to, o.cycles, o.rise
end

function Cyclic:at(time)
  if time >= 1 then return self.to end
  local within = time * self.cycles % 1
  return self.from + (self.to - self.from) * math.min(1, within / self.rise)
end

return Cyclic
