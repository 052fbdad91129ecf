--- `ae.callbacks`: what fit can be told to do while it runs.
local names = require "aelua.base.names"

return names.strict({
  Callback = require "aelua.train.callbacks.callback",
  EarlyStopping = require "aelua.train.callbacks.early_stopping",
  ModelCheckpoint = require "aelua.train.callbacks.model_checkpoint",
  CSVLogger = require "aelua.train.callbacks.csv_logger",
  LRScheduler = require "aelua.train.callbacks.lr_scheduler",
  ReduceLROnPlateau = require "aelua.train.callbacks.reduce_lr_on_plateau",
  TerminateOnNaN = require "aelua.train.callbacks.terminate_on_nan",
  TimeBudget = require "aelua.train.callbacks.time_budget",
}, "callbacks")
