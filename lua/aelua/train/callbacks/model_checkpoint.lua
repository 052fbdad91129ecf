--- Saves the model while it trains: after every epoch, or where the value
--- watched has improved.
local Callback = require "aelua.train.callbacks.callback"
local Monitor = require "aelua.train.callbacks.monitor"
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local names = require "aelua.base.names"
local options = require "aelua.base.options"

---@class aelua.ModelCheckpoint: aelua.Callback
---@field path string
---@field saved string? the file written last
local ModelCheckpoint = Callback:extend("ModelCheckpoint")
ModelCheckpoint.only_reads_rows = true

---@class aelua.ModelCheckpointOptions: aelua.MonitorOptions
---@field path string
---@field best_only? boolean
---@field every? integer

---@param given aelua.ModelCheckpointOptions
--- path: `{epoch}` and any name of the history in braces are replaced, as in
--- "model-{epoch}-{val_loss}.safetensors". best_only: default true. every:
--- epochs between two looks, default 1.
function ModelCheckpoint:init(given)
  local o = options.check("ModelCheckpoint", given, {
    path = { type = "string", required = true },
    monitor = Monitor.options.monitor, mode = Monitor.options.mode, min_delta = Monitor.options.min_delta,
    best_only = { type = "boolean", default = true },
    every = { type = "integer", default = 1, min = 1 },
  })
  self.path, self.best_only, self.every = o.path, o.best_only, o.every
  self.monitor = Monitor("ModelCheckpoint", o)
end

local no_column = "ModelCheckpoint: path names '%s', which is not in the history%s"

local function fill(path, row)
  return (path:gsub("{([%w_]+)}", function(name)
    local value = row[name]
    errors.check(value, "invalid", no_column, name, names.hint(name, row))
    if math.type(value) == "integer" then return ("%d"):format(value) end
    return (("%.4f"):format(value):gsub(",", "."))
  end))
end

--- A path that cannot be written is an error before training, not after.
function ModelCheckpoint:on_train_begin(_run)
  core.check_writable((self.path:gsub("{[%w_]+}", "0")), "ModelCheckpoint")
end

function ModelCheckpoint:check_columns(columns)
  if self.best_only then self.monitor:check(columns) end
  for name in self.path:gmatch("{([%w_]+)}") do
    errors.check(not columns:lacks(name), "invalid", no_column, name, columns:hint(name))
  end
end

function ModelCheckpoint:on_epoch_end(run, row)
  if run.epoch % self.every ~= 0 then return end
  local better = true
  if self.best_only then
    local _
    _, better = self.monitor:look(row)
  end
  if better then
    self.saved = fill(self.path, row)
    run.model:save(self.saved)
  end
end

function ModelCheckpoint:state() return { best = self.monitor.best, saved = self.saved } end

function ModelCheckpoint:load_state(state) self.monitor.best, self.saved = state.best, state.saved end

return ModelCheckpoint
