local Schedule = require "aelua.schedule.schedule"
local errors = require "aelua.base.errors"

--- Half a cosine from one value down to another, where it stays; before it, if
--- wanted, a warm-up along a straight line (Loshchilov, Hutter, SGDR, ICLR 2017,
--- without restarts; Goyal and others, 2017).
---@class aelua.CosineSchedule: aelua.Schedule
local Cosine = Schedule:extend("cosine")

---@class aelua.CosineScheduleOptions: aelua.ScheduleOptions
---@field from number the value at the top
---@field to? number the last, default 0
---@field warmup? number how many of the epochs or steps the value rises, default 0
---@field warmup_from? number what it rises from, default a hundredth of `from`
---@field epochs? number how long it all takes, or
---@field steps? number

---@param given aelua.CosineScheduleOptions
function Cosine:init(given)
  local o = self:read(given, {
    from = { type = "number", required = true },
    to = { type = "number", default = 0 },
    warmup = { type = "number", default = 0, min = 0 },
    warmup_from = { type = "number" },
  })
  local length = self.steps or self.epochs
  errors.check(o.warmup < length, "invalid", "schedule.cosine: wants a warmup shorter than all of it (%s), got %s",
    length, o.warmup)
  self.from, self.to, self.rise = o.from, o.to, o.warmup / length
  self.warmup_from = o.warmup_from or o.from / 100
end

function Cosine:at(time)
  if time < self.rise then return self.warmup_from + (self.from - self.warmup_from) * time / self.rise end
  if time >= 1 then return self.to end
  local angle = math.pi * (time - self.rise) / (1 - self.rise)
  return self.to + (self.from - self.to) * (1 + math.cos(angle)) / 2
end

return Cosine
