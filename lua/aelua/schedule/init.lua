--- Schedules: numbers that change with the epochs or steps of training, for
--- learning rates and weights of losses.
---
---   callbacks = { ae.callbacks.LRScheduler(ae.schedule.cosine { from = 1e-3, epochs = 50, warmup = 5 }) }
---   opt:set_lr(schedule:value(epochs_done, steps_done))        -- in a loop of one's own
local errors = require "aelua.base.errors"
local names = require "aelua.base.names"

local M = {
  Schedule = require "aelua.schedule.schedule",
  constant = require "aelua.schedule.constant",
  linear = require "aelua.schedule.linear",
  step = require "aelua.schedule.step",
  exponential = require "aelua.schedule.exponential",
  polynomial = require "aelua.schedule.polynomial",
  cosine = require "aelua.schedule.cosine",
  cyclic = require "aelua.schedule.cyclic",
  sigmoid = require "aelua.schedule.sigmoid",
  one_cycle = require "aelua.schedule.one_cycle",
  plateau = require "aelua.schedule.plateau",
}

--- What a file keeps of a schedule; nil: it is a class of one's own, or follows a run.
---@param schedule aelua.Schedule
---@return table?
function M.describe(schedule)
  return rawget(M, schedule.class_name) == getmetatable(schedule) and schedule:config() or nil
end

--- A schedule from what its `config()` gave.
---@param config table
---@return aelua.Schedule
function M.from_config(config)
  local name = type(config) == "table" and config.name
  local class = type(name) == "string" and rawget(M, name)
  errors.check(type(class) == "table" and class ~= M.Schedule, "format", "schedule: unknown schedule '%s'%s", tostring(name),
    names.hint(name, M))
  if name == "constant" then return class(config.value) end
  local given = {}
  for key, value in pairs(config) do
    if key ~= "name" then given[key] = value end
  end
  return class(given)
end

return names.strict(M, "schedule")
