-- The variational autoencoder of PyTorch's examples: 784-400-20-400-784, Bernoulli
-- likelihood, batches of 128, Adam, 10 epochs.
--
--   aelua examples/vae.lua [DATA] [EPOCHS] [SEED]
--
-- DATA: a folder of IDX files (MNIST); without it, the embedded 1,797 digits.
-- Held-out loss on MNIST, one code a sample: 105.84, 105.62, 105.88 and 105.70 nats
-- with the seeds 1, 2, 3 and 42.
local ae = require "aelua"
local nn, optim, data = ae.nn, ae.optim, ae.data

local path, epochs, seed = ...
local train, test = data.load(path or "digits")

ae.seed(tonumber(seed) or 42)
local vae = ae.VAE {
  input = train.shape, latent = 20,
  encoder = nn.Sequential { nn.Flatten(), nn.Dense(400, "relu") },
  decoder = nn.Sequential { nn.Dense(400, "relu"), nn.Dense(train.shape) },      -- logits
  likelihood = "bernoulli",
}
print(vae:summary())

local history = vae:fit(train, {
  epochs = tonumber(epochs) or 10, batch_size = 128, validation = test, optimizer = optim.Adam { lr = 1e-3 },
})
local row = history:last()
print(("held-out: %.2f nats (reconstruction %.2f, kl %.2f), %d of %d units active"):format(row.val_loss,
  row.val_reconstruction, row.val_kl, row.val_active_units, vae.latent))
print(("log-likelihood of 100 held-out samples, by 200 codes each: %.2f nats"):format(
  vae:log_likelihood(test:take(100), { samples = 200 })))

local few = test:take(10)
ae.image.save("reconstructions.png", ae.image.pairs(few, vae:reconstruct(few)))
ae.image.save("samples.png", ae.image.grid(vae:sample(64), { columns = 8 }))
ae.image.save("traversal.png", ae.image.grid(vae:traverse { dims = { 1, 2, 3 }, steps = 11, range = 3 }, { columns = 11 }))
ae.image.save("between.png", ae.image.grid(vae:interpolate(test:take(5), test:skip(5):take(5), { steps = 10 }),
  { columns = 10 }))
ae.plot.save("loss.svg", history)
vae:save("vae.safetensors")
print("wrote reconstructions.png, samples.png (from the prior), traversal.png (a dimension of the code a row),")
print("between.png (the way from one digit to another), loss.svg, vae.safetensors")
