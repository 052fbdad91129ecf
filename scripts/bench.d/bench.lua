--- How long one training step of each model takes, here and, with --peers, in PyTorch and Keras on the same machine in
--- the same run: all take turns, so that what else the machine does meets all alike. Every model has the same shapes,
--- loss (binary cross-entropy of logits; "PyTorch, plain" is as tutorials are: see peer_torch.py), optimiser (Adam) and
--- batch on all sides. With --peers also the most memory that a process takes which trains one model.
---
---   --peers FOLDER   a Python environment with PyTorch and Keras; made there, with pip, where there is none
---   --models LIST    names of models.lua, with commas; default: all
---   --rounds N       turns of each; default 5, with peers 8
---   --seconds S      of one turn; default 0.5
---   --threads N      default 2
---   --encode         encoding instead, without gradients: latency and samples a second, of the models that name an encoder
---   --data FOLDER    whole trainings on the MNIST there instead, and with --peers Keras' and PyTorch's;
---                    --models then names those of trainings.lua
---   --epochs N       of those; default 50, of the variational autoencoder 10
---   --folder FOLDER  epochs on the pictures there instead, read beside the training, against epochs from memory
---
--- The exit status is 1 where something is not as fast, small or good as models.lua, trainings.lua and folder.lua want.
package.path = "scripts/bench.d/?.lua;" .. package.path
local copying = require "copying"
local models = require "models"
local trainings = require "trainings"
local workers = require "workers"
local report = require "report"

local function usage(message)
  io.stderr:write("bench: ", message, "\nusage: scripts/bench [--peers FOLDER] [--models LIST] [--rounds N] ",
    "[--seconds S] [--threads N] [--encode | --data FOLDER [--epochs N] | --folder FOLDER]\n")
  os.exit(2)
end

-- What is chosen of a list by name: all, where nothing is named.
local function choose(list, names)
  local chosen, known = {}, {}
  for i, one in ipairs(list.list) do known[i] = one.name end
  for name in names:gmatch "[^,]+" do
    chosen[#chosen + 1] = list.find(name) or usage(("no model '%s'; there are %s"):format(name, table.concat(known, ", ")))
  end
  return #chosen > 0 and chosen or list.list
end

local function parse(given)
  local o = { program = given[-1] or "build/aelua", threads = 2, seconds = 0.5 }
  local names = ""
  local i = 1
  local function value()
    i = i + 1
    return given[i] or usage(given[i - 1] .. " wants a value")
  end
  local function number() return tonumber(value()) or usage(given[i - 1] .. " wants a number, got " .. given[i]) end
  local function whole()
    return math.tointeger(number()) or usage(given[i - 1] .. " wants a whole number, got " .. given[i])
  end
  while given[i] do
    local option = given[i]
    if option == "--peers" then o.peers = value()
    elseif option == "--encode" then o.encode = true
    elseif option == "--data" then o.data = value()
    elseif option == "--folder" then o.folder = value()
    elseif option == "--epochs" then o.epochs = whole()
    elseif option == "--rounds" then o.rounds = whole()
    elseif option == "--seconds" then o.seconds = number()
    elseif option == "--threads" then o.threads = whole()
    elseif option == "--models" then names = value()
    else usage("unknown option " .. option) end
    i = i + 1
  end
  if (o.encode and 1 or 0) + (o.data and 1 or 0) + (o.folder and 1 or 0) > 1 then
    usage("--encode, --data and --folder are measured one at a time")
  end
  o.models = choose(o.data and trainings or models, names)
  if o.encode then
    local encoding = {}
    for _, model in ipairs(o.models) do encoding[#encoding + 1] = model.encoder and model end
    o.models = #encoding > 0 and encoding or usage("no encoder is known of " .. names)
  end
  o.rounds = o.rounds or (o.peers and 8 or 5)
  return o
end

local o = parse(arg)
o.python = o.peers and workers.python(o.peers)
if o.folder then os.exit(require("folder").run(o), true) end
if o.data then os.exit(require("fit").run(o), true) end

local all = workers.start(o)
if o.encode then os.exit(require("encode").run(o, all), true) end
for _, model in ipairs(o.models) do
  for _, worker in ipairs(all) do worker:prepare(model) end
end
o.peak, o.copying, o.bytes = 0, 0, {}
for _, model in ipairs(o.models) do o.bytes[model.name] = tonumber(all[1]:ask("bytes " .. model.name)) end
for _ = 1, o.rounds do
  o.peak = math.max(o.peak, tonumber(all[1]:ask("peak")))
  o.copying = math.max(o.copying, copying.measure(o.threads))
  for _, model in ipairs(o.models) do
    for _, worker in ipairs(all) do worker:run(model.name, o.seconds) end
  end
end
o.memory = o.peers and workers.memory(o)
os.exit(report.print(o, all), true)
