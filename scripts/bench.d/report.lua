--- What the benchmark prints: times, shares of the peak and of the memory's bandwidth, ratios and whether they reach what
--- models.lua wants, memory, the time to start and the size.
local ae = require "aelua"
local figures = require "figures"
local models = require "models"
local size = require "size"

local line, verdict = figures.line, figures.verdict

local M = {}

local function best_peer(of)
  local best = math.huge
  for name, s in pairs(of) do
    if not name:find "^aelua" then best = math.min(best, s.median) end
  end
  return best
end

-- Medians against medians: the least of many is what no other process disturbed, and is printed beside. A ratio that
-- would take more than the multiply-add peak is not held against anyone.
local function judge(model, of, shortest, memory)
  local best, ours, wanted, fine = best_peer(of), of["aelua"].median, model.at_least, true
  local function check(what, theirs, our, least, most)
    if theirs and our and least then fine = verdict(what, theirs / our, least, most and theirs / most) and fine end
  end
  local function median(name) return of[name] and of[name].median end
  if best < math.huge then
    check("times as fast as the best peer", best, ours, wanted.best, shortest)
    check("  with OpenBLAS alone", best, median "aelua, OpenBLAS alone", wanted.alone, shortest)
    check("  as PyTorch without compiling", median "PyTorch", ours, wanted.eager, shortest)
    check("  as PyTorch in tutorials", median "PyTorch, plain", ours, wanted.eager, shortest)
  end
  check("  as on one thread", median "aelua, one thread", ours, wanted.threads)
  check("share of the peak", shortest, ours, wanted.peak)
  if memory then check("times less memory than PyTorch", memory["PyTorch"], memory["aelua"], wanted.memory) end
  return fine, best / ours, best / (median "aelua, OpenBLAS alone")
end

local function print_model(model, workers, o)
  local work = models.work(model)
  line("\n%s: %s to %s, batch %d, %.0f million operations", model.name, table.concat(model.input, "x"),
    table.concat(model.layers, " "), model.batch, work / 1e6)
  line("  %-24s %8s %8s  %-17s %6s %7s %6s", "ms a step", "median", "least", "middle half", "steps", "GF/s", "peak")
  local of = {}
  for _, worker in ipairs(workers) do
    local s = figures.summary(worker.times[model.name])
    of[worker.name] = s
    local speed = work / (s.median * 1e-3)
    line("  %-24s %8.3f %8.3f  %7.3f - %-7.3f %6d %7.0f %5.0f%%", worker.name, s.median, s.least, s.low, s.high, s.count,
      speed / 1e9, 100 * speed / o.peak)
  end
  local moved, seconds = o.bytes[model.name], of["aelua"].median * 1e-3
  line("  aelua's operations read and write %.1f MB a step: %.1f GB/s, %.0f%% of copying", moved / 1e6, moved / seconds / 1e9,
    100 * moved / seconds / o.copying)
  local memory = o.memory and o.memory[model.name]
  for _, worker in ipairs(memory and workers or {}) do
    local kilobytes = memory[worker.name]
    if kilobytes then line("  %-24s %6.0f MB at most", worker.name, kilobytes / 1024) end
  end
  return judge(model, of, 1e3 * work / o.peak, memory)
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

local function mean(ratios)
  local sum = 0
  for _, ratio in ipairs(ratios) do sum = sum + math.log(ratio) end
  return math.exp(sum / #ratios)
end

---@class BenchFindings
---@field program string
---@field python string? of the peers
---@field models BenchModel[]
---@field threads integer
---@field peak number multiply-adds' operations a second
---@field copying number bytes a second, read and written
---@field bytes table<string, number> of a step, by model; what lies in caches counts too, so a share may exceed one
---@field memory table? most of each process, in kB

--- Whether all is as fast as it is wanted to be.
---@param o BenchFindings
---@param workers Worker[]
---@return boolean
function M.print(o, workers)
  local kernels = ae.kernels()
  line("%s; %s; %s; %s; %d threads", kernels.blas, kernels.onednn ~= "" and kernels.onednn or "no oneDNN",
    kernels.amx ~= "" and kernels.amx or "no AMX", kernels.isa, o.threads)
  line("multiply-add peak, measured: %.0f GF/s", o.peak / 1e9)
  line("copying memory, measured: %.1f GB/s, read and written", o.copying / 1e9)
  local fine, best, alone = true, {}, {}
  for i, model in ipairs(o.models) do
    local reached
    reached, best[i], alone[i] = print_model(model, workers, o)
    fine = reached and fine
  end
  if o.peers and #o.models == #models.list then
    print "\nall, geometric means"
    fine = verdict("times as fast as the best peer", mean(best), models.mean_at_least.best) and fine
    fine = verdict("  with OpenBLAS alone", mean(alone), models.mean_at_least.alone) and fine
  end
  print "\nmost memory, all models in one process, MB"
  for _, worker in ipairs(workers) do line("  %-24s %6.0f", worker.name, tonumber(worker:ask "memory") / 1024) end
  line("\nstart-up, ms: %.1f with require \"aelua\", %.1f without anything",
    1e3 * start_up(("'%s' -e 'require \"aelua\"'"):format(o.program)), 1e3 * start_up "true")
  size.print(o)
  return fine
end

return M
