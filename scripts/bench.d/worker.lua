--- One side of the benchmark: takes commands on standard input, a line each, and answers with a line.
---   prepare MODEL SIZES BATCH   builds it and warms it up; answers "ready"
---   run MODEL SECONDS           trains for that long; answers with the milliseconds of every step
---   memory                      the most memory that the process has had, in kB
---   peak                        operations a second of the multiply-add units
--- The Python peers (peer.py) answer to the same.
local ae = require "aelua"
local core = require "aelua.core"

local nn, optim = ae.nn, ae.optim

local function build(sizes, batch)
  ae.seed(1)
  local layers = {}
  for i = 2, #sizes do layers[#layers + 1] = nn.Dense(sizes[i], i < #sizes and "relu" or nil) end
  local net = nn.Sequential(layers)
  local x = ae.rand(batch, sizes[1])
  local opt = optim.Adam { net, lr = 1e-3 }
  net:train()
  local function step()
    local loss = nn.loss.bce_logits(net:forward(x), x)
    opt:zero_grad()
    loss:backward()
    opt:step()
  end
  return function() core.scope(step) end
end

local prepared = {}
local commands = {}

function commands.prepare(name, sizes, batch)
  local list = {}
  for size in sizes:gmatch("%d+") do list[#list + 1] = math.tointeger(size) end
  prepared[name] = build(list, math.tointeger(batch))
  for _ = 1, 5 do prepared[name]() end
  return "ready"
end

function commands.run(name, seconds)
  local step, times = prepared[name], {}
  local clock = core.clock
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
