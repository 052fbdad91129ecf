--- The whole state of a run in one file, written atomically at the end of every
--- epoch: weights, optimiser, random stream, history, callbacks. A run resumed
--- from it gives the same bits as one that was never stopped.
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local pack = require "aelua.train.pack"

local M = {}

local format = "aelua-run-1"

local function callback_states(run)
  local states = {}
  for i, callback in ipairs(run.callbacks) do
    states[i] = {
      name = callback.class_name or "callback",
      state = callback.state and callback:state() or {},
      tensors = callback.tensors and callback:tensors() or {},
    }
  end
  return states
end

--- Writes the run's state to `path`.
function M.save(path, run)
  local json, tensors = pack.pack({
    epoch = run.epoch, step = run.step,
    model = run.model:state_dict(),
    optimizer = run.optimizer:state(),
    random = core.random_state(),
    history = run.history:state(),
    callbacks = callback_states(run),
  }, "run")
  core.write_safetensors(path, tensors, { format = format, run = core.json.encode(json) })
end

local parts = {
  epoch = "number", step = "number", model = "table", optimizer = "table", random = "table", history = "table",
  callbacks = "table",
}

local function read(path)
  local tensors, metadata = core.read_safetensors(path)
  errors.check(metadata and metadata.format == format and metadata.run, "format", "fit: '%s' is not the state of a run",
    path)
  local state = pack.unpack(core.json.decode(metadata.run), tensors)
  for part, kind in pairs(parts) do
    errors.check(type(state) == "table" and type(state[part]) == kind, "format", "fit: '%s' has no %s in it", path, part)
  end
  return state
end

local function check_callbacks(path, run, state)
  errors.check(#state.callbacks == #run.callbacks, "state", "fit: '%s' was written with %d callbacks, this run has %d",
    path, #state.callbacks, #run.callbacks)
  for i, saved in ipairs(state.callbacks) do
    local name = run.callbacks[i].class_name or "callback"
    errors.check(saved.name == name, "state", "fit: callback %d was %s in '%s', here it is %s",
      i, saved.name, path, name)
  end
end

local function apply(run, state)
  run.model:load_state_dict(state.model)
  run.optimizer:load_state(state.optimizer)
  run.history:load_state(state.history)
  for i, saved in ipairs(state.callbacks) do
    local callback = run.callbacks[i]
    if callback.load_state then callback:load_state(saved.state, next(saved.tensors) and saved.tensors or nil) end
  end
  run.epoch, run.step = state.epoch, state.step
  core.random_state(state.random)
end

--- Puts the state in `path` back into a run that was set up the same way. Errors:
--- io, format, and state where the run is another one; the weights are then as
--- they were.
function M.load(path, run)
  local state = read(path)
  check_callbacks(path, run, state)
  local before = run:copy_weights()
  local ok, failure = pcall(apply, run, state)
  if not ok then
    run.model:load_state_dict(before)
    error(failure, 0)
  end
end

return M
