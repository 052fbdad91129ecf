-- The tutorials' convolutional autoencoder: two convolutions with pooling, two
-- transposed convolutions back. denoise.lua trains what it saves further.
--
--   aelua examples/conv_autoencoder.lua [DATA] [EPOCHS] [SEED]
--
-- DATA: a folder of IDX files (MNIST); without it, the embedded 1,797 digits.
-- The network is keras-io's "Convolutional autoencoder for image denoising"
-- (28,353 parameters), initialised and trained as Keras does: on MNIST 0.0619 on the
-- held-out pictures after 50 epochs (seed 42).
local ae = require "aelua"
local nn, optim, data = ae.nn, ae.optim, ae.data

local path, epochs, seed = ...
local train, test = data.load(path or "digits")

ae.seed(tonumber(seed) or 42)
local model = ae.Autoencoder {
  input   = train.shape,
  encoder = nn.Sequential {
    nn.Conv2d(32, 3, { padding = "same", activation = "relu" }), nn.MaxPool2d(2, { padding = "same" }),
    nn.Conv2d(32, 3, { padding = "same", activation = "relu" }), nn.MaxPool2d(2, { padding = "same" }),
  },
  decoder = nn.Sequential {
    nn.ConvTranspose2d(32, 3, { stride = 2, padding = "same", activation = "relu" }),
    nn.ConvTranspose2d(32, 3, { stride = 2, padding = "same", activation = "relu" }),
    nn.Conv2d(1, 3, { padding = "same", activation = "sigmoid" }),
  },
  loss    = "bce",
}
print(model:summary())

local history = model:fit(train, {
  epochs = tonumber(epochs) or 50, batch_size = #train < 10000 and 32 or 128, validation = test,
  optimizer = optim.Adam { lr = 1e-3, eps = 1e-7 },
})
print(("held-out loss: %.4f"):format(model:evaluate(test).loss))

local few = test:take(10)
ae.image.save("reconstructions.png", ae.image.pairs(few, model:reconstruct(few)))
ae.plot.save("loss.svg", history)
model:save("conv.safetensors")
print("wrote reconstructions.png (above the originals, below what the model makes of them), loss.svg, conv.safetensors")
