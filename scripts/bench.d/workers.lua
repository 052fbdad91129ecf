--- The processes that take turns: for training steps aelua with what it chooses, on one thread, and with OpenBLAS alone;
--- for encoding its two ways; and the peers.
local M = {}

---@class Worker
---@field name string
---@field times table<string, number[]> milliseconds of every call, by model
local Worker = {}
Worker.__index = Worker

local function quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

-- Answers come through a named pipe: io.popen goes one way.
local function start(name, command)
  local pipe = os.tmpname()
  os.remove(pipe)
  assert(os.execute("mkfifo " .. quoted(pipe)), "bench: mkfifo failed")
  local self = setmetatable({ name = name, times = {} }, Worker)
  self.questions = assert(io.popen(("%s > %s"):format(command, quoted(pipe)), "w"))
  self.answers = assert(io.open(pipe, "r"))
  os.remove(pipe)
  return self
end

--- Sends a command; gives the answer.
---@param command string
---@return string
function Worker:ask(command)
  self.questions:write(command, "\n")
  self.questions:flush()
  return self.answers:read("l") or error(("bench: %s ended at '%s'"):format(self.name, command), 0)
end

--- Builds a model.
---@param model BenchModel
function Worker:prepare(model)
  self:ask(("prepare %s %s %d %s"):format(model.name, table.concat(model.input, ","), model.batch,
    table.concat(model.layers, ",")))
end

--- Calls what was prepared for some seconds and keeps the times.
---@param model string
---@param seconds number
function Worker:run(model, seconds)
  local times = self.times[model] or {}
  self.times[model] = times
  for text in self:ask(("run %s %g"):format(model, seconds)):gmatch("%S+") do times[#times + 1] = tonumber(text) end
end

--- Ends it.
function Worker:stop()
  self.questions:close()
  self.answers:close()
end

local function has(command) return (os.execute(command .. " > /dev/null 2>&1")) == true end

--- The Python of the peers' environment, which is made where there is none.
---@param folder string
---@return string command
function M.python(folder)
  local path = quoted(folder .. "/bin/python")
  if not has("test -x " .. path) then
    print("making " .. folder .. " with PyTorch and Keras (a few GB)")
    assert(os.execute("python3 -m venv " .. quoted(folder)), "bench: python3 -m venv failed")
    assert(os.execute(path .. " -m pip install -q torch --index-url https://download.pytorch.org/whl/cpu"
      .. " || " .. path .. " -m pip install -q torch"), "bench: installing PyTorch failed")
    assert(os.execute(path .. " -m pip install -q tensorflow-cpu keras"), "bench: installing Keras failed")
  end
  return path
end

-- Commands by the names of what they start.
local function commands(o)
  local list = {}
  local function aelua(name, way, threads, backend)
    list[#list + 1] = { name, ("%s AELUA_THREADS=%d exec %s scripts/bench.d/worker.lua %s"):format(
      backend and "AELUA_BACKEND=" .. backend or "", threads, quoted(o.program), way) }
  end
  local path = o.python
  local function peer(name, script, mode)
    list[#list + 1] = { name, ("OMP_NUM_THREADS=%d exec %s scripts/bench.d/%s %s %d 2> /dev/null"):format(
      o.threads, path, script, mode, o.threads) }
  end
  local torch = path and has(path .. " -c 'import torch'")
  local keras = path and has("KERAS_BACKEND=tensorflow " .. path .. " -c 'import keras'")
  if o.encode then
    aelua("aelua, model:encode", "encode", o.threads)
    aelua("aelua, encoder:forward", "forward", o.threads)
    if torch then peer("PyTorch", "peer_torch.py", "encode") end
    if keras then
      peer("Keras, tf.function", "peer_keras.py", "encode")
      peer("Keras, predict_on_batch", "peer_keras.py", "predict")
    end
    return list
  end
  aelua("aelua", "step", o.threads)
  if o.threads > 1 then aelua("aelua, one thread", "step", 1) end
  aelua("aelua, OpenBLAS alone", "step", o.threads, "openblas")
  if torch then
    peer("PyTorch", "peer_torch.py", "eager")
    peer("PyTorch, plain", "peer_torch.py", "plain")
    peer("PyTorch, compile", "peer_torch.py", "compile")
  end
  if keras then
    peer("Keras", "peer_keras.py", "graph")
    peer("Keras, XLA", "peer_keras.py", "xla")
  end
  return list
end

--- Starts all that the options ask for.
---@param o { program: string, threads: integer, python: string?, encode: boolean? }
---@return Worker[]
function M.start(o)
  local list = commands(o)
  for i, command in ipairs(list) do list[i] = start(command[1], command[2]) end
  return list
end

--- What a process takes at most that trains one model alone, in kB, by model and by name.
---@param o { program: string, threads: integer, python: string?, models: BenchModel[] }
---@return table<string, table<string, number>>
function M.memory(o)
  local result = {}
  for _, model in ipairs(o.models) do
    local of = {}
    for _, command in ipairs(commands(o)) do
      if model.at_least.memory and (command[1] == "aelua" or command[1] == "PyTorch") then
        local worker = start(command[1], command[2])
        worker:prepare(model)
        worker:run(model.name, 2)
        of[worker.name] = tonumber(worker:ask("memory"))
        worker:stop()
      end
    end
    result[model.name] = of
  end
  return result
end

return M
