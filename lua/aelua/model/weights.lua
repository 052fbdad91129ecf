--- Weights of the terms of a loss: numbers, or schedules of the epochs or steps
--- that a model has been trained for.
local errors = require "aelua.base.errors"

local M = {}

-- A weight is looked at this often before it is believed not to be negative.
local looks = 200

local function check_value(who, name, value)
  errors.check(type(value) == "number" and value >= 0 and value < math.huge, "invalid",
    "%s: %s wants a number from 0 up, got %s", who, name, errors.shown(value))
  return value
end

local function check_schedule(who, name, schedule)
  errors.check(not schedule.observe, "invalid", "%s: %s wants a schedule of the time alone, got %s", who, name,
    schedule.class_name)
  for i = 0, looks do
    local value = schedule:at(i / looks)
    errors.check(type(value) == "number" and value >= 0 and value < math.huge, "invalid",
      "%s: %s wants a schedule of numbers from 0 up, this one gives %s", who, name, errors.shown(value))
  end
  return schedule
end

--- Checks what an option gives as a weight.
---@param who string how messages begin
---@param name string
---@param given any
---@param tools aelua.ModelTools
---@return number|aelua.Schedule
function M.check(who, name, given, tools)
  if type(given) == "number" then return check_value(who, name, given) end
  errors.check(tools.schedule.is(given), "invalid", "%s: %s wants a number or a schedule, got %s", who, name, type(given))
  return check_schedule(who, name, given)
end

--- The weight at a time.
---@param who string how messages begin
---@param name string
---@param weight number|aelua.Schedule
---@param epochs integer done so far
---@param steps integer done so far
---@return number
function M.value(who, name, weight, epochs, steps)
  if type(weight) == "number" then return weight end
  return check_value(who, name, weight:value(epochs, steps))
end

--- What a file keeps of a weight.
---@param name string
---@param weight number|aelua.Schedule
---@param writer aelua.DescriptionWriter
---@param tools aelua.ModelTools
---@return number|table|nil
function M.describe(name, weight, writer, tools)
  if type(weight) == "number" then return weight end
  local config = tools.schedule.describe(weight)
  if not config then writer:leave_out("the schedule of %s is a class of your own", name) end
  return config
end

--- The weight that a file keeps.
---@param described number|table|nil
---@param tools aelua.ModelTools
---@return number|aelua.Schedule|nil
function M.read(described, tools)
  if type(described) ~= "table" then return described end
  return tools.schedule.from_config(described)
end

return M
