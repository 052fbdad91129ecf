--- Whole trainings, one process after the other: test loss for three seeds, seconds, memory; with peers Keras' fit.
local ae = require "aelua"
local trainings = require "trainings"

local M = {}

---@class BenchRun
---@field loss number
---@field seconds number in fit
---@field process number seconds of the whole process
---@field megabytes number

---@return BenchRun
local function run(command)
  local began = ae.clock()
  local pipe = assert(io.popen(command))
  local answer = pipe:read("l") or ""
  pipe:close()
  local loss, seconds, kilobytes = answer:match("^(%S+) (%S+) (%S+)$")
  if not loss then error("bench: '" .. command .. "' gave no result", 0) end
  return {
    loss = tonumber(loss), seconds = tonumber(seconds), process = ae.clock() - began,
    megabytes = tonumber(kilobytes) / 1024,
  }
end

local function check(what, fine)
  if not fine then print("    MISSED: " .. what) end
  return fine
end

local function train(training, o)
  print("\n" .. training.name)
  local fine, slowest = true, 0
  for seed = 1, 3 do
    local r = run(("exec '%s' scripts/bench.d/train.lua %s"):format(o.program,
      trainings.arguments(training, o.data, seed, o.epochs, o.threads)))
    print(("  aelua, seed %d   test loss %.4f   fit %6.1f s   process %6.1f s   %4.0f MB"):format(seed, r.loss, r.seconds,
      r.process, r.megabytes))
    local wanted = training.at_most
    if wanted and o.epochs >= 50 then
      fine = check(("a loss of at most %.4f"):format(wanted.loss), r.loss <= wanted.loss) and fine
    end
    if wanted then
      fine = check(("at most %d MB"):format(wanted.megabytes), r.megabytes <= wanted.megabytes) and fine
    end
    slowest = math.max(slowest, r.process)
  end
  if not o.python then return fine end
  local keras = run(("%s scripts/bench.d/train_keras.py %s 2> /dev/null"):format(o.python,
    trainings.arguments(training, o.data, 1, o.epochs, o.threads)))
  local ratio = keras.seconds / slowest
  print(("  Keras           test loss %.4f   fit %6.1f s   process %6.1f s   %4.0f MB   fit / our slowest process: %.1f")
    :format(keras.loss, keras.seconds, keras.process, keras.megabytes, ratio))
  return check(("%d times as fast"):format(trainings.faster), ratio >= trainings.faster) and fine
end

--- Runs them all; whether all reach what is wanted (a loss only after 50 epochs).
---@param o { program: string, python: string?, data: string, epochs: integer, threads: integer }
---@return boolean
function M.run(o)
  local fine = true
  print(("trainings on MNIST: binary cross-entropy, Adam 1e-3, batches of 256, %d epochs, %d threads"):format(o.epochs,
    o.threads))
  for _, training in ipairs(trainings.list) do fine = train(training, o) and fine end
  return fine
end

return M
