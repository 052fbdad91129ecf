--- Whole trainings, one process after the other: test loss for three seeds, seconds, memory; with peers theirs.
local ae = require "aelua"

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

local function show(name, r, more)
  print(("  %-20s test loss %8.4f   fit %6.1f s   process %6.1f s   %4.0f MB%s"):format(name, r.loss, r.seconds, r.process,
    r.megabytes, more or ""))
end

local function check(what, fine)
  if not fine then print("    MISSED: " .. what) end
  return fine
end

local function arguments(o, seed, epochs, further)
  return ("'%s' %d %d %d %s"):format(o.data:gsub("'", "'\\''"), seed, epochs, o.threads, further)
end

-- The fastest peer against our slowest process; whether that is as wanted.
local function beside_peers(training, o, epochs, slowest)
  local least = math.huge
  for _, peer in ipairs(training.peers) do
    local r = run(("OMP_NUM_THREADS=%d %s scripts/bench.d/%s %s 2> /dev/null"):format(o.threads, o.python, peer.script,
      arguments(o, 1, epochs, peer.further)))
    local took = r[training.of_peers]
    least = math.min(least, took)
    show(peer.name, r, ("   %s / our slowest process: %.1f"):format(training.of_peers == "seconds" and "fit" or "process",
      took / slowest))
  end
  local faster = epochs >= training.epochs and training.faster
  return not faster or check(("%d times as fast"):format(faster), least / slowest >= faster)
end

local function train(training, o)
  local epochs, wanted = o.epochs or training.epochs, training.at_most
  print(("\n%s, %d epochs"):format(training.title, epochs))
  local fine, slowest = true, 0
  for seed = 1, 3 do
    local r = run(("exec '%s' scripts/bench.d/%s %s"):format(o.program, training.script,
      arguments(o, seed, epochs, training.further)))
    show("aelua, seed " .. seed, r)
    if wanted and epochs >= training.epochs then
      fine = check(("a loss of at most %.4f"):format(wanted.loss), r.loss <= wanted.loss) and fine
    end
    if wanted then
      fine = check(("at most %d MB"):format(wanted.megabytes), r.megabytes <= wanted.megabytes) and fine
    end
    slowest = math.max(slowest, r.process)
  end
  return (not o.python or beside_peers(training, o, epochs, slowest)) and fine
end

--- Runs those of o.models; whether all reach what is wanted (losses and ratios only after as many epochs as are usual).
---@param o { program: string, python: string?, data: string, models: BenchTraining[], epochs: integer?, threads: integer }
---@return boolean
function M.run(o)
  local fine = true
  print(("trainings on MNIST, %d threads"):format(o.threads))
  for _, training in ipairs(o.models) do fine = train(training, o) and fine end
  return fine
end

return M
