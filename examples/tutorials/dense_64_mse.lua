-- 784-64-784, mean squared error.
--
--   aelua examples/tutorials/dense_64_mse.lua [DATA] [EPOCHS]
local ae = require "aelua"
local nn = ae.nn

local train, test = ae.data.load((...) or "digits")
ae.seed(1)
local model = ae.Autoencoder {
  input = train.shape,
  encoder = nn.Sequential { nn.Flatten(), nn.Dense(64, "relu") },
  decoder = nn.Sequential { nn.Dense(train.shape, "sigmoid") },
  loss = "mse",
  metrics = { "psnr" },
}
model:fit(train, { epochs = tonumber((select(2, ...))) or 10, batch_size = 128, validation = test, optimizer = "adam" })
local result = model:evaluate(test)
print(("held-out mse %.4f, psnr %.2f dB"):format(result.loss, result.psnr))
