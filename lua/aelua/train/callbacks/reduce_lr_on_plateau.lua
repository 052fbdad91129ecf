--- Multiplies the learning rate by `factor` when the value watched has not
--- improved for `patience` epochs.
local Callback = require "aelua.train.callbacks.callback"
local Monitor = require "aelua.train.callbacks.monitor"
local options = require "aelua.base.options"

---@class aelua.ReduceLROnPlateau: aelua.Callback
local ReduceLROnPlateau = Callback:extend("ReduceLROnPlateau")
ReduceLROnPlateau.only_reads_rows = true

---@class aelua.ReduceLROnPlateauOptions: aelua.MonitorOptions
---@field factor? number
---@field patience? integer
---@field cooldown? integer
---@field min_lr? number

---@param given? aelua.ReduceLROnPlateauOptions
--- factor: default 0.1. patience: default 10 epochs. cooldown: epochs after a
--- reduction that do not count, default 0. min_lr: default 0. min_delta:
--- default 1e-4.
function ReduceLROnPlateau:init(given)
  local o = options.check("ReduceLROnPlateau", given, {
    monitor = Monitor.options.monitor, mode = Monitor.options.mode,
    min_delta = { type = "number", default = 1e-4, min = 0 },
    factor = { type = "number", default = 0.1, above = 0, max = 1 },
    patience = { type = "integer", default = 10, min = 0 },
    cooldown = { type = "integer", default = 0, min = 0 },
    min_lr = { type = "number", default = 0, min = 0 },
  })
  self.options, self.monitor = o, Monitor("ReduceLROnPlateau", o)
  self.waited, self.cooling = 0, 0
end

function ReduceLROnPlateau:check_columns(columns) self.monitor:check(columns) end

function ReduceLROnPlateau:on_epoch_end(run, row)
  local o = self.options
  local _, better = self.monitor:look(row)
  if self.cooling > 0 then
    self.cooling, self.waited = self.cooling - 1, 0
  end
  if better then
    self.waited = 0
  elseif self.cooling == 0 then
    self.waited = self.waited + 1
    local lr = run.optimizer:get_lr()
    if self.waited >= o.patience and lr > o.min_lr then
      run.optimizer:set_lr(math.max(lr * o.factor, o.min_lr))
      self.cooling, self.waited = o.cooldown, 0
    end
  end
end

function ReduceLROnPlateau:state()
  return { best = self.monitor.best, waited = self.waited, cooling = self.cooling }
end

function ReduceLROnPlateau:load_state(state)
  self.monitor.best, self.waited, self.cooling = state.best, state.waited, state.cooling
end

return ReduceLROnPlateau
