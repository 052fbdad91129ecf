--- What the benchmark prints: times, shares of the peak, ratios and whether they reach what models.lua wants, memory
--- and the time to start.
local ae = require "aelua"
local models = require "models"

local M = {}

local function quantile(sorted, share) return sorted[math.max(1, math.ceil(share * #sorted))] end

local function summary(times)
  local sorted = table.move(times, 1, #times, 1, {})
  table.sort(sorted)
  return {
    least = sorted[1], median = quantile(sorted, 0.5), low = quantile(sorted, 0.25), high = quantile(sorted, 0.75),
    count = #sorted,
  }
end

local function line(format, ...) print((format:format(...):gsub("%s+$", ""))) end

-- Medians against medians: the least of many is what no other process disturbed, and is printed beside. A ratio that
-- would take more than the multiply-add peak is not held against anyone.
local function judge(model, of, shortest)
  local best, ours, alone = math.huge, of["aelua"], of["aelua, OpenBLAS alone"]
  for name, s in pairs(of) do
    if not name:find("^aelua") then best = math.min(best, s.median) end
  end
  if best == math.huge then return true end
  local fine = true
  local function check(what, theirs, our, wanted)
    local ratio, most = theirs / our, theirs / shortest
    local verdict = ratio >= wanted and "" or most < wanted and ("; the peak allows %.2f"):format(most) or "  MISSED"
    fine = fine and verdict ~= "  MISSED"
    line("  %-38s %5.2f times (wanted %.1f)%s", what, ratio, wanted, verdict)
  end
  check("against the best peer", best, ours.median, model.at_least.best)
  if of["PyTorch"] then
    check("against PyTorch without compiling", of["PyTorch"].median, ours.median, model.at_least.eager)
    check("and with the sigmoid of tutorials", of["PyTorch, sigmoid"].median, ours.median, model.at_least.eager)
  end
  check("OpenBLAS alone, against the best peer", best, alone.median, model.at_least.alone)
  return fine
end

local function print_model(model, workers, peak)
  local work = models.work(model)
  line("\n%s: %s, batch %d, %.0f million operations", model.name, table.concat(model.sizes, "-"), model.batch, work / 1e6)
  line("  %-24s %8s %8s  %-17s %6s %7s %6s", "ms a step", "median", "least", "middle half", "steps", "GF/s", "peak")
  local of = {}
  for _, worker in ipairs(workers) do
    local s = summary(worker.times[model.name])
    of[worker.name] = s
    local speed = work / (s.median * 1e-3)
    line("  %-24s %8.3f %8.3f  %7.3f - %-7.3f %6d %7.0f %5.0f%%", worker.name, s.median, s.least, s.low, s.high, s.count,
      speed / 1e9, 100 * speed / peak)
  end
  return judge(model, of, 1e3 * work / peak)
end

-- Seconds from fork to exit, the median of 20.
local function start_up(command)
  local times = {}
  for i = 1, 21 do
    local began = ae.clock()
    assert(os.execute("exec " .. command), "bench: " .. command .. " failed")
    times[i] = ae.clock() - began
  end
  table.remove(times, 1)
  table.sort(times)
  return times[10]
end

--- Whether all is as fast as it is wanted to be.
---@param o { program: string, models: BenchModel[], threads: integer, peak: number }
---@param workers Worker[]
---@return boolean
function M.print(o, workers)
  local kernels = ae.kernels()
  line("%s; %s; %s; %d threads", kernels.blas, kernels.onednn or "no oneDNN", kernels.isa, o.threads)
  line("multiply-add peak, measured: %.0f GF/s", o.peak / 1e9)
  local fine = true
  for _, model in ipairs(o.models) do fine = print_model(model, workers, o.peak) and fine end
  print "\nmost memory, MB"
  for _, worker in ipairs(workers) do line("  %-24s %6.0f", worker.name, tonumber(worker:ask("memory")) / 1024) end
  line("\nstart-up, ms: %.1f with require \"aelua\", %.1f without anything",
    1e3 * start_up(("'%s' -e 'require \"aelua\"'"):format(o.program)), 1e3 * start_up "true")
  return fine
end

return M
