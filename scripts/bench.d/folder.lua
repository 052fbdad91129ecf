--- Epochs of training on a folder of pictures against epochs on the same pictures in memory, which take turns: reading
--- is to run beside the training. A small convolutional autoencoder, batches of 128, binary cross-entropy, Adam.
local ae = require "aelua"
local nn, data = ae.nn, ae.data

local M = {}

-- How many times as long as from memory an epoch from the folder may take.
local at_most = 1.15

local function model_for(shape)
  return ae.Autoencoder {
    input = shape,
    encoder = nn.Sequential {
      nn.Conv2d(32, 3, { padding = "same", activation = "relu" }), nn.MaxPool2d(2),
      nn.Conv2d(32, 3, { padding = "same", activation = "relu" }), nn.MaxPool2d(2),
    },
    decoder = nn.Sequential {
      nn.ConvTranspose2d(32, 3, { stride = 2, padding = "same", activation = "relu" }),
      nn.ConvTranspose2d(32, 3, { stride = 2, padding = "same", activation = "relu" }),
      nn.Conv2d(shape[3], 3, { padding = "same", activation = "sigmoid" }),
    },
    loss = "bce",
  }
end

local function median(list)
  local sorted = table.move(list, 1, #list, 1, {})
  table.sort(sorted)
  return sorted[(#sorted + 1) // 2]
end

--- Prints seconds and ratios, medians of all rounds; whether both ratios are as wanted.
---@param o { folder: string, rounds: integer, threads: integer }
---@return boolean
function M.run(o)
  ae.threads(o.threads)
  local function load(memory) return (data.load(o.folder, { memory = memory })) end
  local disk = load(0)
  local memory = data.tensors((disk:stored()))
  local model = model_for(disk.shape)
  local function epoch(set)
    local began = ae.clock()
    model:fit(set, { epochs = 1, batch_size = math.min(128, #set), verbose = 0 })
    return ae.clock() - began
  end
  local function reading()
    local began = ae.clock()
    for batch in disk:batches { size = math.min(128, #disk) } do batch:release() end
    return ae.clock() - began
  end

  epoch(memory)
  local ways = {
    { name = "from memory", run = function() return epoch(memory) end },
    { name = "read in every epoch", run = function() return epoch(disk) end, at_most = at_most },
    { name = "read and kept, the first epoch", run = function() return epoch((load())) end, at_most = at_most },
    { name = "reading alone", run = reading, at_most = 1 },
  }
  for _, way in ipairs(ways) do way.seconds, way.ratios = {}, {} end
  for round = 1, o.rounds do
    for _, way in ipairs(ways) do
      way.seconds[round] = way.run()
      way.ratios[round] = way.seconds[round] / ways[1].seconds[round]
    end
  end
  print(("an epoch on the pictures in %s (%s), %d threads, median of %d rounds"):format(o.folder, tostring(disk), o.threads,
    o.rounds))
  local fine = true
  for _, way in ipairs(ways) do
    local ratio = median(way.ratios)
    local missed = way.at_most and ratio > way.at_most
    fine = fine and not missed
    print(("  %-32s %7.3f s   %.2f times as long as from memory%s"):format(way.name, median(way.seconds), ratio,
      missed and ("   MISSED: at most %.2f"):format(way.at_most) or ""))
  end
  return fine
end

return M
