-- The tutorial autoencoder: one hidden layer of 32 units learns to copy digits.
--
--   aelua examples/autoencoder.lua [DATA] [EPOCHS]
--
-- DATA: a folder of IDX files (MNIST); without it, the embedded 1,797 digits.
-- Held-out binary cross-entropy after 50 epochs: MNIST 0.0915, the digits 0.239.
local ae = require "aelua"
local nn, optim, data = ae.nn, ae.optim, ae.data

local path, epochs = ..., tonumber((select(2, ...)))
local train, test = data.load(path or "digits")

ae.seed(42)
local model = ae.Autoencoder {
  input   = train.shape,
  encoder = nn.Sequential { nn.Flatten(), nn.Dense(32, "relu") },
  decoder = nn.Sequential { nn.Dense(train.shape, "sigmoid") },
  loss    = "bce",
}
print(model:summary())

local history = model:fit(train, {
  epochs = epochs or 50, batch_size = #train < 10000 and 32 or 256, shuffle = true, validation = test,
  optimizer = optim.Adam { lr = 1e-3 },
  callbacks = { ae.callbacks.EarlyStopping { patience = 5 } },
})
print(("held-out loss: %.4f"):format(model:evaluate(test).loss))

local few = test:take(10)
ae.image.save("reconstructions.png", ae.image.pairs(few, model:reconstruct(few)))
ae.plot.save("loss.svg", history)
model:save("dense.safetensors")
print("wrote reconstructions.png (above the originals, below what the model makes of them), loss.svg, dense.safetensors")
