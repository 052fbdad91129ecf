-- The Keras blog's convolutional autoencoder: 16, 8 and 8 filters with pooling
-- between them, and the same back with upsampling. Its one convolution without
-- padding takes 16 x 16 to 14 x 14, so it wants 28 x 28: smaller digits are enlarged.
-- On MNIST it reaches 0.0879 on the held-out pictures in 50 epochs (seed 1).
--
--   aelua examples/tutorials/blog_conv.lua [DATA] [EPOCHS] [SEED]
local ae = require "aelua"
local nn = ae.nn

local path, epochs, seed = ...
local train, test = ae.data.load(path or "digits")
if train.shape[1] == 8 then
  local function enlarge(x) return ae.pad(ae.upsample(x, 3), { 0, 2, 2, 0 }, { 0, 2, 2, 0 }) end
  train, test = train:map(enlarge), test:map(enlarge)
end

ae.seed(tonumber(seed) or 1)
local function conv(filters) return nn.Conv2d(filters, 3, { padding = "same", activation = "relu" }) end
local function pool() return nn.MaxPool2d(2, { padding = "same" }) end
local model = ae.Autoencoder {
  input = train.shape,
  encoder = nn.Sequential { conv(16), pool(), conv(8), pool(), conv(8), pool() },
  decoder = nn.Sequential {
    conv(8), nn.UpSampling2d(2), conv(8), nn.UpSampling2d(2), nn.Conv2d(16, 3, "relu"), nn.UpSampling2d(2),
    nn.Conv2d(1, 3, { padding = "same", activation = "sigmoid" }),
  },
  loss = "bce",
}
print(model:summary())
model:fit(train, {
  epochs = tonumber(epochs) or 50, batch_size = 128, validation = test,
  optimizer = ae.optim.Adam { lr = 1e-3, eps = 1e-7 },
})
print(("held-out bce %.4f"):format(model:evaluate(test).loss))
