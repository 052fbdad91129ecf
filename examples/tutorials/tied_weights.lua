-- Tied weights with an inverse activation: the decoder undoes the encoder with
-- its own matrix transposed, x' = f^-1(y) W^T + c. A leaky ReLU of slope 0.2 is
-- undone by one of slope 5.
--
--   aelua examples/tutorials/tied_weights.lua [DATA] [EPOCHS]
local ae = require "aelua"
local nn = ae.nn

local train, test = ae.data.load((...) or "digits")
ae.seed(1)
local dense = nn.Dense(64)
local model = ae.Autoencoder {
  input = train.shape,
  encoder = nn.Sequential { nn.Flatten(), dense, nn.LeakyReLU(0.2) },
  decoder = nn.Sequential { nn.LeakyReLU(1 / 0.2), nn.TiedDense(dense), nn.Reshape(train.shape) },
  loss = "mse",
}
print(model:summary())
model:fit(train, { epochs = tonumber((select(2, ...))) or 20, batch_size = 256, validation = test, optimizer = "adam" })
print(("held-out mse %.4f"):format(model:evaluate(test).loss))
