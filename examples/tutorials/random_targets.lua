-- Inputs fitted to unrelated random targets: a network with enough weights
-- learns them by heart, which says nothing about new inputs.
--
--   aelua examples/tutorials/random_targets.lua [EPOCHS]
local ae = require "aelua"
local nn = ae.nn

ae.seed(1)
local input, target = ae.rand(64, 20), ae.rand(64, 20)
local model = ae.Autoencoder {
  input = { 20 },
  encoder = nn.Sequential { nn.Dense(256, "relu") },
  decoder = nn.Sequential { nn.Dense(20, "sigmoid") },
  loss = "mse",
}
local seen = ae.data.pairs(input, target)
local new = ae.data.pairs(ae.rand(64, 20), ae.rand(64, 20))
model:fit(seen, { epochs = tonumber((...)) or 500, batch_size = 16, optimizer = "adam", verbose = 0 })
print(("loss on what it has seen %.4f, on new pairs %.4f"):format(model:evaluate(seen).loss, model:evaluate(new).loss))
