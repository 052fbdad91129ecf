-- What a warm training step asks of the system: nothing.
local ae = require "aelua"
local core = require "aelua.core"
local nn = ae.nn

local function model()
  ae.seed(3)
  return ae.Autoencoder {
    input = { 8, 8, 1 },
    encoder = nn.Sequential { nn.Flatten(), nn.Dense(32, "relu"), nn.Dropout(0.1) },
    decoder = nn.Sequential { nn.Dense({ 8, 8, 1 }, "sigmoid") },
    loss = "bce",
  }
end

local function variational()
  ae.seed(4)
  return ae.VAE {
    input = { 8, 8, 1 }, latent = 4,
    encoder = nn.Sequential { nn.Flatten(), nn.Dense(32, "relu") },
    decoder = nn.Sequential { nn.Dense(32, "relu"), nn.Dense { 8, 8, 1 } },
    prior = { "mixture", components = 3 },
  }
end

describe("warm training", function()
  local train = ae.data.load "digits":take(1280)

  local function asks_nothing(one)
    local first, asked = {}, {}
    one:fit(train, { epochs = 10, batch_size = 64, optimizer = "adam", verbose = 0, callbacks = { {
      on_batch_end = function(_, run)
        local calls = core.memory().system_calls
        first[run.epoch] = first[run.epoch] or calls
        asked[run.epoch] = calls - first[run.epoch]
      end,
    } } })
    for epoch = 2, 10 do assert.equal(0, asked[epoch], "epoch " .. epoch) end
  end

  it("calls no system allocator for tensors, nodes or primitives", function()
    asks_nothing(model())
    asks_nothing(variational())
  end)

  local function keeps_memory_flat(one)
    local optimizer = ae.optim.Adam { one, lr = 1e-3 }
    local function pass()
      for batch in train:batches { size = 64, shuffle = true } do
        local loss = one:losses(batch)
        optimizer:zero_grad()
        loss:backward()
        optimizer:step()
      end
    end
    for _ = 1, 5 do pass() end
    collectgarbage()
    local live = core.memory().live
    for _ = 1, 20 do pass() end
    collectgarbage()
    assert.equal(live, core.memory().live)
  end

  it("keeps memory flat in a loop of one's own", function()
    keeps_memory_flat(model())
    keeps_memory_flat(variational())
  end)
end)
