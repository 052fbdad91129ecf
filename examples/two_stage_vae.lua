-- Where new codes come from: the prior of a variational autoencoder, a mixture of
-- Gaussians fitted to its codes, or a second autoencoder that is trained on them (Dai,
-- Wipf, "Diagnosing and enhancing VAE models", ICLR 2019). Codes of real samples lie
-- where the prior does only in part; the better a density fits them, the more its
-- samples look like the data.
--
--   aelua examples/two_stage_vae.lua [DATA] [EPOCHS]
--
-- DATA: a folder of IDX files (MNIST); without it, the embedded 1,797 digits, of whose
-- held-out codes the logarithm of the density is -23.10 (prior), -22.94 (mixture) and
-- -23.02 nats (second model).
local ae = require "aelua"
local nn, optim, data = ae.nn, ae.optim, ae.data

local path, epochs = ..., tonumber((select(2, ...)))
local train, test = data.load(path or "digits")
local latent = 16

ae.seed(42)
local vae = ae.VAE {
  input = train.shape, latent = latent,
  encoder = nn.Sequential { nn.Flatten(), nn.Dense(400, "relu") },
  decoder = nn.Sequential { nn.Dense(400, "relu"), nn.Dense(train.shape) },
  likelihood = "bernoulli",
}
vae:fit(train, { epochs = epochs or 20, batch_size = 64, validation = test, optimizer = optim.Adam { lr = 1e-3 } })

-- Codes drawn from the posteriors, as the decoder knows them: means alone would leave their spread out.
local function codes_of(set)
  return ae.no_grad(function() return vae:infer(set:tensor()):sample() end)
end
local codes, held_out = codes_of(train), codes_of(test)
local mixture = ae.latent.GaussianMixture(codes, 10, { covariance = "diagonal" })
local second = ae.VAE {
  input = { latent }, latent = latent,
  encoder = nn.Sequential { nn.Dense(128, "relu"), nn.Dense(128, "relu") },
  decoder = nn.Sequential { nn.Dense(128, "relu"), nn.Dense(128, "relu"), nn.Dense(latent) },
  likelihood = { "gaussian", variance = "optimal" },
}
second:fit(codes, { epochs = epochs and 2 * epochs or 40, batch_size = 64, validation = held_out,
  optimizer = optim.Adam { lr = 1e-3 } })

print("logarithm of the density of held-out codes, nats per code:")
print(("  prior         %8.2f"):format(vae:prior():log_prob(held_out):mean():item()))
print(("  mixture       %8.2f"):format(mixture:log_prob(held_out):mean():item()))
print(("  second model  %8.2f"):format(second:log_likelihood(held_out, { samples = 100 })))

ae.image.save("prior.png", ae.image.grid(vae:sample(64), { columns = 8 }))
ae.image.save("mixture.png", ae.image.grid(vae:sample(64, { from = mixture }), { columns = 8 }))
ae.image.save("second.png", ae.image.grid(vae:sample(64, { from = second }), { columns = 8 }))
print("wrote prior.png, mixture.png, second.png: pictures decoded from codes of each")
