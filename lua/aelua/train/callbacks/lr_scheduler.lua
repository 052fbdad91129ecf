--- Sets the learning rate from a schedule, or from a function of the epoch.
local Callback = require "aelua.train.callbacks.callback"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"

---@class aelua.LRScheduler: aelua.Callback
local LRScheduler = Callback:extend("LRScheduler")
LRScheduler.only_reads_rows = true

---@param schedule aelua.Schedule|fun(epoch: integer, lr: number): number
--- A schedule of `ae.schedule`, which counts epochs or steps as it says; or a
--- function of the epoch (from 1) and the rate so far, called as each epoch begins.
function LRScheduler:init(schedule, ...)
  options.no_more("LRScheduler", "a schedule or a function", ...)
  local kind = type(schedule)
  errors.check(kind == "function" or (kind == "table" and schedule.value), "invalid",
    "LRScheduler wants a schedule or a function, got %s", kind)
  self.schedule = schedule
end

local function set(run, lr)
  errors.check(type(lr) == "number" and lr >= 0 and lr < math.huge, "invalid",
    "LRScheduler: the learning rate wants a number from 0 up, got %s", errors.shown(lr))
  run.optimizer:set_lr(lr)
end

function LRScheduler:on_epoch_begin(run)
  if type(self.schedule) == "function" then
    set(run, self.schedule(run.epoch, run.optimizer:get_lr()))
  else
    set(run, self.schedule:value(run.epoch - 1, run.step))
  end
end

function LRScheduler:on_batch_end(run)
  if type(self.schedule) == "table" and self.schedule.steps then
    set(run, self.schedule:value(run.epoch - 1, run.step))
  end
end

function LRScheduler:on_epoch_end(_run, row)
  if type(self.schedule) == "table" and self.schedule.observe then self.schedule:observe(row.val_loss or row.loss) end
end

function LRScheduler:state()
  return type(self.schedule) == "table" and self.schedule.state and self.schedule:state() or {}
end

function LRScheduler:load_state(state)
  if type(self.schedule) == "table" and self.schedule.load_state then self.schedule:load_state(state) end
end

return LRScheduler
