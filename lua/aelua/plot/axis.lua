--- Axes: a range of values, where its ticks lie, how they are written, and where
--- a value falls between 0 and 1.
local class = require "aelua.base.class"

---@class aelua.Axis: aelua.Class
---@field low number
---@field high number
---@field ticks number[]
---@field log boolean
local Axis = class("Axis")

-- The step of 1, 2 or 5 times a power of ten that gives about `wanted` ticks.
local function nice_step(span, wanted)
  local rough = span / wanted
  local power = 10.0 ^ math.floor(math.log(rough, 10))
  local lead = rough / power
  return (lead < 1.5 and 1 or lead < 3.5 and 2 or lead < 7.5 and 5 or 10) * power
end

local function linear_ticks(self, wanted, whole)
  local step = nice_step(self.high - self.low, wanted)
  if whole then step = math.max(1, step) end
  local first = math.ceil(self.low / step - 1e-9)
  local last = math.floor(self.high / step + 1e-9)
  for i = first, last do self.ticks[#self.ticks + 1] = i * step end
  self.decimals = math.max(0, -math.floor(math.log(step, 10) + 1e-9))
end

local function log_ticks(self)
  local first, last = math.floor(math.log(self.low, 10)), math.ceil(math.log(self.high, 10))
  local leads = last - first <= 2 and { 1, 2, 5 } or { 1 }
  local every = math.max(1, (last - first) // 8)
  for power = first, last, every do
    for _, lead in ipairs(leads) do
      local tick = lead * 10.0 ^ power
      if tick >= self.low * 0.999 and tick <= self.high * 1.001 then self.ticks[#self.ticks + 1] = tick end
    end
  end
end

---@param low number
---@param high number not below low; an empty range is widened
---@param options { ticks: integer, log?: boolean, whole?: boolean, margin?: number }
--- ticks: about how many. log: powers of ten; low is above 0. whole: ticks at
--- whole numbers only. margin: share of the span left free at both ends.
function Axis:init(low, high, options)
  self.log, self.ticks = options.log or false, {}
  if self.log then
    if high / low < 1.001 then low, high = low / 2, high * 2 end
    self.low, self.high = low, high
    log_ticks(self)
    return
  end
  local span = high - low
  if span <= math.abs(high) * 1e-12 then
    span = math.max(math.abs(high) * 0.1, 1e-3)
    low, high = low - span / 2, high + span / 2
  end
  local margin = (options.margin or 0) * (high - low)
  self.low, self.high = low - margin, high + margin
  linear_ticks(self, options.ticks, options.whole)
end

--- Where a value lies: 0 at low, 1 at high.
function Axis:at(value)
  if self.log then return math.log(value / self.low) / math.log(self.high / self.low) end
  return (value - self.low) / (self.high - self.low)
end

--- A tick's text, with a point whatever the locale.
function Axis:label(tick)
  local text
  local size = math.max(math.abs(self.low), math.abs(self.high))
  if self.log or size >= 1e6 or (self.decimals or 0) > 5 then
    text = ("%.3g"):format(tick)
  else
    text = ("%." .. self.decimals .. "f"):format(tick)
  end
  return (text:gsub(",", "."):gsub("^%-(0%.?0*)$", "%1"))
end

return Axis
