-- 20-10-20 on random vectors: what can be learned of noise is its mean and a
-- memory of the samples; the loss settles where ten numbers no longer hold twenty.
--
--   aelua examples/tutorials/random_vectors.lua [EPOCHS]
local ae = require "aelua"
local nn = ae.nn

ae.seed(1)
local x = ae.rand(1000, 20)
local model = ae.Autoencoder {
  input = { 20 },
  encoder = nn.Sequential { nn.Dense(10, "relu") },
  decoder = nn.Sequential { nn.Dense(20, "sigmoid") },
  loss = "mse",
}
local history = model:fit(x, { epochs = tonumber((...)) or 100, batch_size = 50, optimizer = "adam" })
print(("loss %.4f (a constant 0.5 has %.4f)"):format(history:last().loss, 1 / 12))
print("input", x[1])
print("prediction", model:reconstruct(x[{ { 1, 1 } }])[1])
