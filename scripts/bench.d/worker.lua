--- One side of the benchmark: takes commands on standard input, a line each, and answers with a line.
---   prepare MODEL SHAPE BATCH LAYERS   builds it (SHAPE and LAYERS as in models.lua, with commas) and warms it up;
---                                      answers "ready"
---   run MODEL SECONDS                  trains for that long; answers with the milliseconds of every step
---   memory                             the most memory that the process has had, in kB
---   peak                               operations a second of the multiply-add units
--- The Python peers (peer.py) answer to the same, but for the peak.
package.path = "scripts/bench.d/?.lua;" .. package.path
local ae = require "aelua"
local core = require "aelua.core"
local nets = require "nets"

local function split(text)
  local list = {}
  for word in text:gmatch "[^,]+" do list[#list + 1] = math.tointeger(word) or word end
  return list
end

local prepared = {}
local commands = {}

function commands.prepare(name, shape, batch, layers)
  local step = nets.step(split(shape), math.tointeger(batch), split(layers))
  prepared[name] = function() ae.scope(step) end
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
    times[#times + 1] = ("%.4f"):format((now - last) * 1e3)
    last = now
  until now >= stop
  return table.concat(times, " ")
end

function commands.memory()
  for line in io.lines("/proc/self/status") do
    local kilobytes = line:match("^VmHWM:%s*(%d+)")
    if kilobytes then return kilobytes end
  end
  return "0"
end

function commands.peak() return ("%.0f"):format(core.peak()) end

for line in io.lines() do
  local words = {}
  for word in line:gmatch("%S+") do words[#words + 1] = word end
  print(commands[words[1]](table.unpack(words, 2)))
  io.stdout:flush()
end
