-- The convolutional variational autoencoder of Keras's examples: codes of two numbers,
-- so that all of them can be looked at; trained on all digits there are, 30 epochs. How
-- the digits share the plane is decided early and stays: the divergence's weight grows
-- over five epochs, and the learning rate begins high.
--
--   aelua examples/latent_plane.lua [DATA] [EPOCHS] [SEED]
--
-- DATA: a folder of IDX files (MNIST); without it, the embedded 1,797 digits.
-- MNIST, seed 7, one thread: 144.07 nats in the last epoch. Seeds differ by what the plane
-- becomes: 42 ends at 149.51 with a slower growth, at 148.32 from a rate of 2e-3, and at
-- 149.07 as Keras trains it (a rate of 1e-3, the weight 1 throughout).
local ae = require "aelua"
local nn, optim, data = ae.nn, ae.optim, ae.data

local path, epochs, seed = ...
local train, test = data.load(path or "digits")
local digits = train:concat(test)
local height, width, channels = table.unpack(digits.shape)

local function down(units) return nn.Conv2d(units, 3, { stride = 2, padding = "same", activation = "relu" }) end
local function up(units) return nn.ConvTranspose2d(units, 3, { stride = 2, padding = "same", activation = "relu" }) end

epochs = tonumber(epochs) or 30
ae.seed(tonumber(seed) or 7)
local vae = ae.VAE {
  input = digits.shape, latent = 2,
  encoder = nn.Sequential { down(32), down(64), nn.Flatten(), nn.Dense(16, "relu") },
  decoder = nn.Sequential {
    nn.Dense({ height // 4, width // 4, 64 }, "relu"), up(64), up(32),
    nn.ConvTranspose2d(channels, 3, { padding = "same" }),
  },
  likelihood = "bernoulli", beta = ae.schedule.linear { from = 0, to = 1, epochs = 5 },
}
print(vae:summary())

local history = vae:fit(digits, {
  epochs = epochs, batch_size = 128, optimizer = optim.Adam { lr = 3e-3 },
  callbacks = { ae.callbacks.LRScheduler(ae.schedule.cosine { from = 3e-3, to = 5e-5, epochs = epochs }) },
})
local row = history:last()
print(("loss of the last epoch: %.2f nats (reconstruction %.2f, kl %.2f)"):format(row.loss, row.reconstruction, row.kl))

ae.image.save("plane.png", ae.image.grid(vae:manifold { steps = 20 }, { columns = 20 }))
ae.plot.scatter("codes.svg", vae:encode(test), { labels = test:labels(), classes = test.classes })
print("wrote plane.png (what codes of the plane from -3 to 3 decode to) and codes.svg (where the last of them lie)")
