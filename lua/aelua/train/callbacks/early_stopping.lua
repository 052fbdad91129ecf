--- Stops when the value watched has not improved for `patience` epochs, and
--- gives the model back its weights of the best epoch, unless Ctrl-C ended the run.
local Callback = require "aelua.train.callbacks.callback"
local Monitor = require "aelua.train.callbacks.monitor"
local options = require "aelua.base.options"

---@class aelua.EarlyStopping: aelua.Callback
---@field best number? the best value seen
---@field best_epoch integer? its epoch
local EarlyStopping = Callback:extend("EarlyStopping")
EarlyStopping.only_reads_rows = true

---@class aelua.EarlyStoppingOptions: aelua.MonitorOptions
---@field patience? integer
---@field restore_best? boolean
---@field start_epoch? integer

---@param given? aelua.EarlyStoppingOptions
--- monitor: default val_loss, else loss. patience: so many epochs without
--- improvement end the run, as does one where it is 0, the default. restore_best: default true. start_epoch:
--- epochs before it do not count, default 1.
function EarlyStopping:init(given)
  local o = options.check("EarlyStopping", given, {
    monitor = Monitor.options.monitor, mode = Monitor.options.mode, min_delta = Monitor.options.min_delta,
    patience = { type = "integer", default = 0, min = 0 },
    restore_best = { type = "boolean", default = true },
    start_epoch = { type = "integer", default = 1, min = 1 },
  })
  self.options = o
  self:reset()
end

function EarlyStopping:reset()
  self.monitor = Monitor("EarlyStopping", self.options)
  self.waited, self.best, self.best_epoch, self.weights = 0, nil, nil, nil
end

local function stop_if_due(self, run)
  if self.waited >= math.max(1, self.options.patience) then
    run:stop(("EarlyStopping: no improvement for %d epochs"):format(self.waited))
  end
end

--- A run that it had ended is not gone on with.
function EarlyStopping:on_train_begin(run)
  if run.resumed then stop_if_due(self, run) else self:reset() end
end

function EarlyStopping:check_columns(columns) self.monitor:check(columns) end

function EarlyStopping:on_epoch_end(run, row)
  if run.epoch < self.options.start_epoch then return end
  local value, better = self.monitor:look(row)
  if better then
    self.best, self.best_epoch, self.waited = value, run.epoch, 0
    if self.options.restore_best then self.weights = run:copy_weights(self.weights) end
    return
  end
  self.waited = self.waited + 1
  stop_if_due(self, run)
end

-- Ctrl-C keeps the weights that the model has.
function EarlyStopping:on_train_end(run)
  local restores = self.weights and self.best_epoch ~= run.epoch and not run.history.interrupted
  if restores then run.model:load_state_dict(self.weights) end
  self.weights = nil
end

function EarlyStopping:state()
  return { best = self.best, best_epoch = self.best_epoch, waited = self.waited }
end

--- The best weights travel beside the state, as tensors.
function EarlyStopping:tensors() return self.weights end

function EarlyStopping:load_state(state, tensors)
  self.best, self.best_epoch, self.waited = state.best, state.best_epoch, state.waited
  self.monitor.best = state.best
  self.weights = tensors
end

return EarlyStopping
