-- 784-32-784, binary cross-entropy: the first autoencoder of most introductions.
--
--   aelua examples/tutorials/dense_32_bce.lua [DATA] [EPOCHS]
local ae = require "aelua"
local nn = ae.nn

local train, test = ae.data.load((...) or "digits")
ae.seed(1)
local model = ae.Autoencoder {
  input = train.shape,
  encoder = nn.Sequential { nn.Flatten(), nn.Dense(32, "relu") },
  decoder = nn.Sequential { nn.Dense(train.shape, "sigmoid") },
  loss = "bce",
}
model:fit(train, { epochs = tonumber((select(2, ...))) or 50, batch_size = 256, validation = test, optimizer = "adam" })
print(("held-out bce %.4f"):format(model:evaluate(test).loss))
