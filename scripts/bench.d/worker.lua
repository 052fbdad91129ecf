--- worker.lua [step|encode|forward]: one side of the benchmark, for a function of nets.lua, by default a training step.
--- Takes commands on standard input, a line each, and answers with a line.
---   prepare MODEL SHAPE BATCH LAYERS   builds it (SHAPE and LAYERS as in models.lua, with commas) and warms it up;
---                                      answers "ready"
---   run MODEL SECONDS                  calls it for that long, at most 20,000 times; answers with each call's milliseconds
---   bytes MODEL                        what the operations of one call read and write
---   memory                             the most memory that the process has had, in kB
---   peak                               operations a second of the multiply-add units
--- The Python peers (peer.py) answer to the same, but for bytes and the peak.
package.path = "scripts/bench.d/?.lua;" .. package.path
local ae = require "aelua"
local core = require "aelua.core"
local nets = require "nets"
local peak_memory = require "peak_memory"

local build = nets[arg[1] or "step"]
local most_calls = 20000

local function split(text)
  local list = {}
  for word in text:gmatch "[^,]+" do list[#list + 1] = math.tointeger(word) or word end
  return list
end

local prepared = {}
local commands = {}

function commands.prepare(name, shape, batch, layers)
  prepared[name] = build(split(shape), math.tointeger(batch), split(layers))
  for _ = 1, 5 do prepared[name]() end
  return "ready"
end

function commands.run(name, seconds)
  local step, times = prepared[name], {}
  local clock = ae.clock
  local began = clock()
  local last = began
  local stop = began + tonumber(seconds)
  repeat
    step()
    local now = clock()
    times[#times + 1] = now - last
    last = now
  until now >= stop or #times == most_calls
  for i, seconds_of_call in ipairs(times) do times[i] = ("%.6f"):format(seconds_of_call * 1e3) end
  return table.concat(times, " ")
end

function commands.bytes(name)
  local sum = 0
  for _, row in ipairs(ae.profile(prepared[name]).rows) do sum = sum + row.bytes end
  return ("%.0f"):format(sum)
end

commands.memory = peak_memory

function commands.peak() return ("%.0f"):format(core.peak()) end

for line in io.lines() do
  local words = {}
  for word in line:gmatch("%S+") do words[#words + 1] = word end
  print(commands[words[1]](table.unpack(words, 2)))
  io.stdout:flush()
end
