local Schedule = require "aelua.schedule.schedule"

--- From one value to another along a logistic curve, slow at both ends, where it
--- stays: the annealing of Bowman and others, "Generating sentences from a
--- continuous space", CoNLL 2016.
---@class aelua.SigmoidSchedule: aelua.Schedule
local Sigmoid = Schedule:extend("sigmoid")

---@class aelua.SigmoidScheduleOptions: aelua.ScheduleOptions
---@field from? number the first value, default 0
---@field to? number the last, default 1
---@field steepness? number of the curve in its middle, in units of its length, default 10
---@field epochs? number how long it takes, or
---@field steps? number

---@param given aelua.SigmoidScheduleOptions
function Sigmoid:init(given)
  local o = self:read(given, {
    from = { type = "number", default = 0 },
    to = { type = "number", default = 1 },
    steepness = { type = "number", default = 10, above = 0, max = 1000 },
  })
  self.from, self.to, self.steepness = o.from, o.to, o.steepness
end

local function logistic(x) return 1 / (1 + math.exp(-x)) end

function Sigmoid:at(time)
  if time >= 1 then return self.to end
  local first = logistic(-self.steepness / 2)
  local share = (logistic(self.steepness * (time - 0.5)) - first) / (1 - 2 * first)
  return self.from + (self.to - self.from) * share
end

return Sigmoid
