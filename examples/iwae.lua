-- Tighter bounds and richer priors on binarised digits: the same network trained as a
-- variational autoencoder, as an importance weighted one with five codes of each
-- sample, and with a prior that is a mixture of the posteriors of learned inputs (VAMP).
--
--   aelua examples/iwae.lua [DATA] [EPOCHS] [WHICH]
--
-- DATA: a folder of IDX files (MNIST); without it, the embedded 1,797 digits. WHICH:
-- vae, iwae or vamp; without it, all. Pictures are binarised: those trained on drawn
-- anew from their grey values in every batch, those held out drawn once, with seed 1.
-- The learning rate falls along half a cosine. What is compared is the log-likelihood
-- of all that is held out, estimated by importance sampling from 200 codes of each.
--
-- MNIST, 100 epochs, one thread: -90.60 nats (VAE), -89.83 (IWAE), -86.93 (VAMP).
local ae = require "aelua"
local nn, optim, data = ae.nn, ae.optim, ae.data

local path, epochs, which = ...
epochs = tonumber(epochs) or 10
local train, test = data.load(path or "digits")

local models = {
  { "vae", "VAE", ae.VAE, {} },
  { "iwae", "IWAE, 5 codes", ae.IWAE, { samples = 5 } },
  { "vamp", "VAMP, 100 inputs", ae.VAMP, { pseudo_inputs = 100 } },
}
local chosen = {}
for _, model in ipairs(models) do
  if model[1] == (which or model[1]) then chosen[#chosen + 1] = model end
end
assert(#chosen > 0, "WHICH wants vae, iwae or vamp, got " .. tostring(which))

local function binary(x) return ae.lt(ae.rand(x.shape), x):to(ae.real) end

ae.seed(1)
local held_out = data.dataset(binary(test:tensor()))
local drawn = train:map(binary)

local function trained(class, options)
  ae.seed(42)
  options.input, options.latent = train.shape, 40
  options.encoder = nn.Sequential { nn.Flatten(), nn.Dense(400, "relu") }
  options.decoder = nn.Sequential { nn.Dense(400, "relu"), nn.Dense(train.shape) }
  local model = class(options)
  if class == ae.VAMP then
    model:build(train.shape)
    model.posterior.prior:start(train:take(100):tensor())
  end
  model:fit(drawn, {
    epochs = epochs, batch_size = 100, optimizer = optim.Adam { lr = 2e-3 },
    callbacks = { ae.callbacks.LRScheduler(ae.schedule.cosine { from = 2e-3, epochs = epochs }) },
  })
  return model
end

for _, one in ipairs(chosen) do
  local _, name, class, options = table.unpack(one)
  local model = trained(class, options)
  print(("%s: log-likelihood %.2f nats, bound %.2f"):format(name, model:log_likelihood(held_out, { samples = 200 }),
    model:elbo(held_out)))
end
