--- Schedules: numbers that change with the epochs or steps of training, for
--- learning rates and weights of losses.
---
---   callbacks = { ae.callbacks.LRScheduler(ae.schedule.cosine { from = 1e-3, epochs = 50, warmup = 5 }) }
---   opt:set_lr(schedule:value(epochs_done, steps_done))        -- in a loop of one's own
local names = require "aelua.base.names"

return names.strict({
  Schedule = require "aelua.schedule.schedule",
  constant = require "aelua.schedule.constant",
  linear = require "aelua.schedule.linear",
  step = require "aelua.schedule.step",
  exponential = require "aelua.schedule.exponential",
  polynomial = require "aelua.schedule.polynomial",
  cosine = require "aelua.schedule.cosine",
  one_cycle = require "aelua.schedule.one_cycle",
  plateau = require "aelua.schedule.plateau",
}, "schedule")
