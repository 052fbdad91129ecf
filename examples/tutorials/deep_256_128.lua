-- 784-256-128 and back.
--
--   aelua examples/tutorials/deep_256_128.lua [DATA] [EPOCHS]
local ae = require "aelua"
local nn = ae.nn

local train, test = ae.data.load((...) or "digits")
ae.seed(1)
local encoder = nn.Sequential { nn.Flatten(), nn.Dense(256, "relu"), nn.Dense(128, "relu") }
local decoder = nn.Sequential { nn.Dense(256, "relu"), nn.Dense(train.shape, "sigmoid") }
local model = ae.Autoencoder { input = train.shape, encoder = encoder, decoder = decoder, loss = "bce" }
print(model:summary())
model:fit(train, { epochs = tonumber((select(2, ...))) or 20, batch_size = 256, validation = test, optimizer = "adam" })
print(("held-out bce %.4f"):format(model:evaluate(test).loss))
