--- Encoding without gradients, one sample, few and many at once: milliseconds of a call and samples a second. Here by the
--- model's `encode`, which checks what it is given and is told to take it all at once, and by the encoder's `forward` alone;
--- in PyTorch in inference_mode, in Keras as a tf.function and with predict_on_batch.
local figures = require "figures"

local M = {}

local batches = { 1, 32, 4096 }

-- What a call for one sample is to take, in microseconds; printed beside it, not held against it.
local aims = { dense = 5 }

-- Each model's encoder at each batch, as a worker prepares it.
local function cases(models)
  local list = {}
  for _, model in ipairs(models) do
    for _, batch in ipairs(batches) do
      list[#list + 1] = {
        name = ("%s_%d"):format(model.name, batch), input = model.input, batch = batch, model = model,
        layers = table.move(model.layers, 1, model.encoder, 1, {}),
      }
    end
  end
  return list
end

local function print_case(case, workers)
  figures.line("\n%s: %s to %s, batch %d", case.model.name, table.concat(case.input, "x"), table.concat(case.layers, " "),
    case.batch)
  figures.line("  %-24s %9s %9s  %-19s %6s %12s", "ms a call", "median", "least", "middle half", "calls", "samples/s")
  local best, ours = math.huge, {}
  for _, worker in ipairs(workers) do
    local s = figures.summary(worker.times[case.name])
    figures.line("  %-24s %9.4f %9.4f  %8.4f - %-8.4f %6d %12.0f", worker.name, s.median, s.least, s.low, s.high, s.count,
      case.batch / (s.median * 1e-3))
    local way = worker.name:match "^aelua, (.*)"
    if way then ours[#ours + 1] = { way = way, median = s.median }
    else best = math.min(best, s.median) end
  end
  local aim = case.batch == 1 and aims[case.model.name]
  if aim then figures.line("  the aim of a call: %g us", aim) end
  if best == math.huge then return true end
  local wanted, fine = case.batch == 1 and case.model.at_least.latency, true
  for _, our in ipairs(ours) do
    local what, ratio = "times less: " .. our.way, best / our.median
    if wanted then fine = figures.verdict(what, ratio, wanted) and fine
    else figures.line("  %-38s %5.2f", what, ratio) end
  end
  return fine
end

--- Runs and prints all; whether the latency is as wanted.
---@param o { models: BenchModel[], rounds: integer, seconds: number, threads: integer }
---@param workers Worker[]
---@return boolean
function M.run(o, workers)
  local list, fine = cases(o.models), true
  for _, case in ipairs(list) do
    for _, worker in ipairs(workers) do worker:prepare(case) end
  end
  for _ = 1, o.rounds do
    for _, case in ipairs(list) do
      for _, worker in ipairs(workers) do worker:run(case.name, o.seconds) end
    end
  end
  figures.line("encoding, %d threads, calls of %d rounds", o.threads, o.rounds)
  for _, case in ipairs(list) do fine = print_case(case, workers) and fine end
  return fine
end

return M
