--- The training loop. It knows of a model only what stands here:
---
---   model:losses(batch, wants_prediction) -> total, terms?, prediction?
---       total: a scalar tensor. terms: named scalars, reported beside it.
---       prediction: beside the target, for metrics, where it is wanted.
---   model:training_step(batch, optimizer, wants_prediction) -> value, terms?, prediction?
---       optional: replaces `M.step` below (adversaries, several optimisers).
---   model:train(), model:eval(), model.training
---   model:named_parameters(), model:named_modules()
---   model:named_buffers()
---       optional: what a step changes beside the parameters.
---   model:build_added()
---       optional: builds layers that do not know their sizes yet.
---   model:state_dict(), model:load_state_dict(dict)
---   model:check_data(who, set)
---       optional: raises unless the samples of a data set fit the model.
---   model:begin_pass(run?), model:end_pass(run?) -> values?
---       optional: told before and after a pass over a data set, with the run where
---       it is one of training; numbers by name that are reported with the means.
---   model.pass_values
---       optional: the names of those numbers, of the class that has end_pass, so that
---       callbacks can tell misspelt ones.
---
--- and of a data set: #set, set:batches { size, shuffle, drop_last, training = false for validation },
--- set:narrow(first, count).
--- A batch has `input`, and `target` where it is not the input; where it has a
--- method `release`, its tensors go back as soon as its step is done: whoever keeps
--- one keeps a clone.
local core = require "aelua.core"
local Buffers = require "aelua.train.buffers"
local check_callbacks = require "aelua.train.callbacks.check"
local checkpoint = require "aelua.train.checkpoint"
local class = require "aelua.base.class"
local Columns = require "aelua.train.columns"
local diagnose = require "aelua.train.diagnose"
local errors = require "aelua.base.errors"
local evaluate = require "aelua.train.evaluate"
local History = require "aelua.train.history"
local metrics = require "aelua.train.metrics"
local options = require "aelua.base.options"
local Progress = require "aelua.train.progress"

local M = {}

---@class aelua.FitOptions
---@field epochs? integer how many to train, default 1; a resumed run counts those done before
---@field batch_size? integer samples per step, default 32, or all where there are fewer
---@field shuffle? boolean draw the samples in a new order each epoch, default true
---@field drop_last? boolean leave out a last batch that is smaller, default false
---@field validation? any a data set, a tensor, or a share in 0..1 that is held back from the end
---@field optimizer? any an optimiser, which trains what it was made with, be that a part of the model, or its name; default:
---  the one of the last fit, an error where that leaves out a parameter, else "adam"
---@field callbacks? table[] in the order in which they are told
---@field metrics? table as metrics.resolve takes them; default: the model's
---@field verbose? integer 0 silent; 1 a bar on a terminal, else a line an epoch; 2 a line an epoch; default 1
---@field checkpoint? string file that keeps the state of the run, written after every epoch
---@field resume? boolean go on from `checkpoint` where that file is there, with the optimiser's settings that it holds; data,
---  batch_size and loss are those given now, and are to be as they were; default false

local declared = {
  epochs = { type = "integer", default = 1, min = 0 },
  batch_size = { type = "integer", min = 1 },
  shuffle = { type = "boolean", default = true },
  drop_last = { type = "boolean", default = false },
  validation = {},
  optimizer = {},
  callbacks = { type = "table" },
  metrics = { type = "table" },
  verbose = { type = "integer", default = 1, min = 0, max = 2 },
  checkpoint = { type = "string" },
  resume = { type = "boolean", default = false },
}

---@class aelua.Run: aelua.Class
---@field model table
---@field optimizer table
---@field history aelua.History
---@field epoch integer from 1; 0 before the first
---@field batch integer in this epoch, from 1
---@field step integer optimiser steps since the run began
---@field epochs integer
---@field callbacks table[]
---@field buffers aelua.Buffers
---@field resumed boolean
local Run = class("Run")

--- Ends the run after the batch in hand.
---@param reason string kept as history.stopped
function Run:stop(reason)
  self.stopping = true
  self.history.stopped = self.history.stopped or reason
end

--- Whether Ctrl-C was pressed, which ends the run.
function Run:was_interrupted()
  if core.interrupted() then
    self.history.interrupted = true
    self:stop("interrupted")
  end
  return self.history.interrupted
end

--- Tells of something that is wrong without being an error: a line beside the
--- progress, kept in history.warnings.
---@param text string
function Run:warn(text)
  local warnings = self.history.warnings
  warnings[#warnings + 1] = text
  self:say("warning: " .. text)
end

--- Prints a line beside the progress.
function Run:say(text) self.progress:say(text) end

local function copy_weights(model, copy)
  for name, tensor in pairs(model:state_dict()) do
    if copy[name] then copy[name]:copy_(tensor) else copy[name] = tensor:clone() end
  end
  return copy
end

--- The model's weights, copied into `into` where it is given.
---@param into? table<string, userdata>
---@return table<string, userdata>
function Run:copy_weights(into) return core.no_grad(copy_weights, self.model, into or {}) end

function Run:tell(method, ...)
  for _, callback in ipairs(self.callbacks) do
    local fn = callback[method]
    if fn then fn(callback, self, ...) end
  end
end

local function is_finite(value) return value - value == 0 end

--- One step as most models take it. A loss that is not finite changes nothing.
function M.step(model, batch, optimizer, wants_prediction)
  local total, terms, prediction = model:losses(batch, wants_prediction)
  local value = total:item()
  if is_finite(value) then
    optimizer:zero_grad()
    total:backward()
    optimizer:step()
  end
  return value, terms, prediction
end

-- `where`: "batch 3". Data that is not finite is not the learning rate's doing.
local function not_finite(run, batch, value, where)
  local found, of_data = diagnose.first_not_finite(run.model, batch)
  run.buffers:restore() -- not before: it runs forward once more
  local hint = of_data and "" or ("; where it grew before, training diverges: a learning rate below %.6g may help"):format(
    run.optimizer:get_lr())
  local message = ("fit: the loss is %s in epoch %d, %s: %s%s"):format(tostring(value), run.epoch, where, found, hint)
  for _, callback in ipairs(run.callbacks) do
    if callback.on_not_finite and callback:on_not_finite(run, message) then return end
  end
  errors.raise("state", message, 4)
end

-- Trains on one batch and adds what it gave to the means, unless its loss is not
-- finite. What of it outlives the batch are numbers, the loss and its terms.
local function train_batch(run, batch, step, list, means)
  run.buffers:hold()
  local value, terms, prediction = step(run.model, batch, run.optimizer, #list > 0)
  if type(value) ~= "number" then value = value:item() end
  local taken = is_finite(value)
  if taken then run.buffers:let_go() end
  if terms then terms = evaluate.numbers(terms) end
  if taken then
    local n = evaluate.samples(batch)
    means:add_losses(value, terms, n)
    core.no_grad(means.add_metrics, means, list, prediction, batch.target or batch.input, n)
  end
  return value, terms
end

local function train_epoch(run, set, o, list)
  local means = evaluate.means()
  local step = run.model.training_step or M.step
  local size = o.batch_size
  local batches = o.drop_last and #set // size or (#set + size - 1) // size
  run.model:train()
  if run.model.begin_pass then run.model:begin_pass(run) end
  run.progress:begin_epoch(run.epoch, batches)
  run.buffers:find() -- callbacks may have changed the model
  run.batch = 0
  for batch in set:batches { size = size, shuffle = o.shuffle, drop_last = o.drop_last } do
    run.batch = run.batch + 1
    local value, terms = core.scope(train_batch, run, batch, step, list, means)
    if not is_finite(value) then
      not_finite(run, batch, value, "batch " .. run.batch)
      break
    end
    run.step = run.step + 1
    if run.unchecked then
      run.unchecked:add_terms(terms)
      run.unchecked:check(run.callbacks)
      run.unchecked = nil
      run.buffers:find() -- those of layers that the batch has built
    end
    run:tell("on_batch_end", value, terms)
    if batch.release then batch:release() end
    run.progress:step(run.batch, means.sums.loss / means.count)
    if run:was_interrupted() or run.stopping then break end
  end
  if run.model.end_pass then means:set(run.model:end_pass(run)) end
  return means
end

-- The means over the validation set, up to a batch whose loss is not finite.
local function validate(run, validation, o, list)
  local count = 0
  return evaluate.run(run.model, validation, o.batch_size, list, function(batch, value)
    count = count + 1
    if is_finite(value) then return run:was_interrupted() end
    not_finite(run, batch, value, "validation batch " .. count)
    return true
  end)
end

-- A callback that failed is what is wrong: the epoch is kept where that can be.
local function save_run(path, run, failed)
  if failed then pcall(checkpoint.save, path, run) else checkpoint.save(path, run) end
end

-- An epoch that Ctrl-C cut short is in the history, without its validation where
-- that is not whole; callbacks and the checkpoint see whole epochs only.
local function run_epoch(run, train, validation, o, list)
  local began = core.clock()
  run:tell("on_epoch_begin")
  local lr = run.optimizer:get_lr()
  local means = train_epoch(run, train, o, list)
  if means.count == 0 then return end
  local row, order = { epoch = run.epoch }, { "epoch" }
  means:write(row, order, "")
  if validation and not run.history.interrupted then
    local validated = validate(run, validation, o, list)
    if not run.history.interrupted then validated:write(row, order, "val_") end
  end
  row.lr, row.seconds = lr, core.clock() - began
  order[#order + 1], order[#order + 2] = "lr", "seconds"
  run.history:add(row, order)
  local told, failure = true, nil
  if not run.history.interrupted then told, failure = pcall(run.tell, run, "on_epoch_end", row) end
  run.progress:end_epoch(row, order)
  if o.checkpoint and not run.history.interrupted then save_run(o.checkpoint, run, not told) end
  if not told then error(failure, 0) end
end

local function run_epochs(run, train, validation, o, list)
  run:tell("on_train_begin")
  while run.epoch < run.epochs and not run.stopping do
    run.epoch = run.epoch + 1
    run_epoch(run, train, validation, o, list)
  end
end

local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

local function hold_back(who, train, validation)
  if type(validation) ~= "number" then return train, validation end
  errors.check(validation > 0 and validation < 1, "invalid", "%s: a share for validation lies between 0 and 1, got %s",
    who, validation)
  local held = math.max(1, math.floor(#train * validation + 0.5))
  errors.check(held < #train, "invalid", "%s: a share of %s leaves nothing of %d samples to train on",
    who, validation, #train)
  return train:narrow(1, #train - held), train:narrow(#train - held + 1, held)
end

local function check_trainable(who, model)
  for _, parameter in model:named_parameters() do
    if parameter.requires_grad then return end
  end
  errors.raise("state", who .. (next(model:parameters()) and ": every parameter of the model is frozen"
    or ": the model has no parameters; a tensor in a field becomes one by its method require_grad()"), 4)
end

-- An optimiser that was made for the model does not hear of layers that come into it later. A model with a training step
-- of its own says itself what trains what.
local function last_optimizer(who, model)
  local last = model.optimizer
  local of_all = type(last) == "table" and last.leaves_out and not model.training_step
  local name = of_all and last:leaves_out(model)
  errors.check(not name, "state", "%s: the optimiser of the last fit does not train %s: optimizer = \"adam\", or another, "
    .. "trains all; optimizer = model.optimizer goes on without it", who, name)
  return last or "adam"
end

---@class aelua.FitTools what fit is handed
---@field dataset fun(value: any): table a data set of a data set, tensor or table
---@field optimizer fun(value: any, model: table): table an optimiser over the model's parameters

--- Trains `model` on `train` and returns the history. Raises where the loss is
--- not finite, of the validation too, naming epoch, batch and layer; weights and
--- buffers are then those before that batch, unless a training step of the model's
--- own has moved them.
---@param model table
---@param train any
---@param given? aelua.FitOptions
---@param tools aelua.FitTools
---@return aelua.History
function M.run(model, train, given, tools)
  local who = (model.class_name or "model") .. ":fit"
  options.check_table(who, given, "; targets go into data.pairs or data.tensors")
  local o = options.check(who, given, declared)
  errors.check(o.checkpoint or not o.resume, "invalid", "%s: resume wants the option 'checkpoint'", who)
  local list = metrics.resolve(who, o.metrics or model.metrics, model)
  local validation
  train, validation = hold_back(who, tools.dataset(train), o.validation)
  if validation then validation = tools.dataset(validation) end
  errors.check(#train > 0, "invalid", "%s: the data set is empty", who)
  o.batch_size = o.batch_size or math.min(32, #train)
  errors.check(o.batch_size <= #train, "invalid", "%s: a batch of %d is larger than the data (%d samples)",
    who, o.batch_size, #train)
  errors.check(not validation or #validation > 0, "invalid", "%s: the validation set is empty", who)
  if model.check_data then
    model:check_data(who, train)
    if validation then model:check_data(who .. ": validation", validation) end
  end
  check_callbacks(who, o.callbacks or {})
  if model.build_added then pcall(model.build_added, model) end -- what fails says so better in the first batch
  check_trainable(who, model)
  local optimizer = tools.optimizer(o.optimizer or last_optimizer(who, model), model)
  local columns = Columns(model, list, validation ~= nil)
  columns:check(o.callbacks or {})
  if o.checkpoint then core.check_writable(o.checkpoint, who .. ": checkpoint") end

  local run = Run()
  run.model, run.history, run.callbacks = model, History(), o.callbacks or {}
  run.epoch, run.batch, run.step, run.epochs = 0, 0, 0, o.epochs
  run.optimizer, run.buffers = optimizer, Buffers(model)
  run.progress = Progress(o.verbose, o.epochs)
  run.resumed, run.stopping = false, false
  run.unchecked = columns -- until the first batch has shown the model's terms
  if o.resume and exists(o.checkpoint) then
    checkpoint.load(o.checkpoint, run)
    run.resumed = true
  end
  model.optimizer = run.optimizer

  core.interrupted()
  local was_training = model.training
  local ok, failure = pcall(core.interruptible, run_epochs, run, train, validation, o, list)
  pcall(run.buffers.restore, run.buffers) -- of a step that raised, whose error is the one to tell
  if not was_training then model:eval() end
  local told, late = pcall(run.tell, run, "on_train_end")
  if not ok then error(failure, 0) end
  if not told then error(late, 0) end
  return run.history
end

return M
