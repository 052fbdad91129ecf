-- The variational autoencoder with its loop written out: what ae.VAE does by
-- itself. A layer at the encoder's end gives a distribution of codes; the loss is
-- the cross-entropy of what a sample of it decodes to, plus its divergence from the
-- standard normal distribution, both in nats per sample.
--
--   aelua examples/vae_loop.lua [DATA] [EPOCHS]
local ae = require "aelua"
local nn, optim, data = ae.nn, ae.optim, ae.data

local path, epochs = ..., tonumber((select(2, ...)))
local train, test = data.load(path or "digits")

ae.seed(42)
local latent = 20
local encoder = nn.Sequential { nn.Flatten(), nn.Dense(400, "relu"), nn.Variational(latent) }
local decoder = nn.Sequential { nn.Dense(400, "relu"), nn.Dense(train.shape) }
local opt = optim.Adam { encoder, decoder, lr = 1e-3 }

local function losses(x)
  local q = encoder:forward(x)
  local logits = decoder:forward(q:sample())
  return nn.loss.bce_logits(logits, x, { reduction = "per_sample" }):mean(), q:kl():mean()
end

for epoch = 1, epochs or 10 do
  local reconstruction, divergence, samples = 0, 0, 0
  for batch in train:batches { size = 128, shuffle = true } do
    local nll, kl = losses(batch.input)
    local loss = nll + kl
    opt:zero_grad()
    loss:backward()
    opt:step()
    reconstruction = reconstruction + nll:item() * batch.size
    divergence = divergence + kl:item() * batch.size
    samples = samples + batch.size
  end
  print(("epoch %d  reconstruction %.2f  kl %.2f nats"):format(epoch, reconstruction / samples, divergence / samples))
end

local held_out = ae.no_grad(function()
  local nll, kl = losses(test:tensor())
  return (nll + kl):item()
end)
print(("held-out: %.2f nats"):format(held_out))

local pictures = ae.no_grad(function() return decoder:forward(ae.randn(64, latent)):sigmoid() end)
ae.image.save("samples.png", ae.image.grid(pictures, { columns = 8 }))
print("wrote samples.png: decoded from standard normal codes")
