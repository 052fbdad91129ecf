-- The convolutional variational autoencoder of Keras's examples: codes of two numbers,
-- so that all of them can be looked at; trained on all digits there are, 30 epochs.
--
--   aelua examples/latent_plane.lua [DATA] [EPOCHS] [SEED]
--
-- DATA: a folder of IDX files (MNIST); without it, the embedded 1,797 digits.
-- MNIST, seed 42: 149.07 nats in the last epoch.
local ae = require "aelua"
local nn, optim, data = ae.nn, ae.optim, ae.data

local path, epochs, seed = ...
local train, test = data.load(path or "digits")
local digits = train:concat(test)
local height, width, channels = table.unpack(digits.shape)

local function down(units) return nn.Conv2d(units, 3, { stride = 2, padding = "same", activation = "relu" }) end
local function up(units) return nn.ConvTranspose2d(units, 3, { stride = 2, padding = "same", activation = "relu" }) end

ae.seed(tonumber(seed) or 42)
local vae = ae.VAE {
  input = digits.shape, latent = 2,
  encoder = nn.Sequential { down(32), down(64), nn.Flatten(), nn.Dense(16, "relu") },
  decoder = nn.Sequential {
    nn.Dense({ height // 4, width // 4, 64 }, "relu"), up(64), up(32),
    nn.ConvTranspose2d(channels, 3, { padding = "same" }),
  },
  likelihood = "bernoulli",
}
print(vae:summary())

local history = vae:fit(digits, {
  epochs = tonumber(epochs) or 30, batch_size = 128, optimizer = optim.Adam { lr = 1e-3 },
})
local row = history:last()
print(("loss of the last epoch: %.2f nats (reconstruction %.2f, kl %.2f)"):format(row.loss, row.reconstruction, row.kl))

ae.image.save("plane.png", ae.image.grid(vae:manifold { steps = 20 }, { columns = 20 }))
ae.plot.scatter("codes.svg", vae:encode(test), { labels = test:labels(), classes = test.classes })
print("wrote plane.png (what codes of the plane from -3 to 3 decode to) and codes.svg (where the last of them lie)")
