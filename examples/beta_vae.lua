-- The beta-VAE on figures whose factors are known (shape, scale, rotation, x, y), and
-- what becomes of them in its codes: a dimension each, at best. beta = 1 is the plain VAE.
--
--   aelua examples/beta_vae.lua [EPOCHS] [SAMPLES] [BETA] [SEED]
--
-- SAMPLES, 5000 unless given, of 737,280 different figures, drawn as they are trained on.
-- The network is that of Burgess and others, "Understanding disentangling in beta-VAE",
-- 2018. Two measures of how far the factors are apart, both 0 to 1: the mutual
-- information gap (Chen and others, 2018) and the FactorVAE score (Kim, Mnih, 2018).
-- As it stands: 121.07 nats held out (reconstruction 80.46, beta times 10.15), a gap of 0.087
-- and a score of 0.640; five of the ten dimensions are in use, one for the scale.
local ae = require "aelua"
local nn, optim, data, latent = ae.nn, ae.optim, ae.data, ae.latent

local epochs, samples, beta, seed = ...

ae.seed(tonumber(seed) or 42)
local train = data.shapes { samples = math.tointeger(tonumber(samples)) or 5000, seed = 1 }
local test, factors = data.shapes { samples = 1000, seed = 2 }

local function down() return nn.Conv2d(32, 4, { stride = 2, padding = "same", activation = "relu" }) end
local function up(units, activation)
  return nn.ConvTranspose2d(units, 4, { stride = 2, padding = "same", activation = activation })
end

local vae = ae.BetaVAE {
  input = train.shape, latent = 10, beta = tonumber(beta) or 4,
  encoder = nn.Sequential {
    down(), down(), down(), down(), nn.Flatten(), nn.Dense(256, "relu"), nn.Dense(256, "relu"),
  },
  decoder = nn.Sequential {
    nn.Dense(256, "relu"), nn.Dense(256, "relu"), nn.Dense({ 4, 4, 32 }, "relu"), up(32, "relu"), up(32, "relu"), up(32, "relu"),
    up(1),
  },
  likelihood = "bernoulli",
}
local history = vae:fit(train, {
  epochs = tonumber(epochs) or 30, batch_size = 64, validation = test, optimizer = optim.Adam { lr = 5e-4 },
})
local row = history:last()
print(("held-out: %.2f nats (reconstruction %.2f, kl %.2f), %d of %d units active"):format(row.val_loss,
  row.val_reconstruction, row.val_kl, row.val_active_units, vae.latent))

-- How much further the dimension that knows most of a factor is than the next.
local codes = vae:encode(test)
local gap, gaps = latent.mig(codes, factors)
for i, name in ipairs(data.shapes.factors) do print(("  gap of %-8s %.3f"):format(name, gaps[i])) end
print(("mutual information gap: %.3f"):format(gap))

-- Whether the dimension that varies least among figures that share a factor tells which one they share.
local score = latent.factor_score(function(x) return vae:encode(x) end, function(n, fixed)
  return data.shapes.draw(data.shapes.random(n, fixed))
end, #data.shapes.factors, { votes = 100 })
print(("FactorVAE score: %.3f, by chance %.3f"):format(score, 1 / #data.shapes.factors))

-- A dimension of the code a row, those that vary most first, about one figure.
local deviations, dims = codes:std(1):totable(), {}
for d = 1, vae.latent do dims[d] = d end
table.sort(dims, function(a, b) return deviations[a] > deviations[b] end)
local few = test:take(10)
ae.image.save("reconstructions.png", ae.image.pairs(few, vae:reconstruct(few)))
ae.image.save("traversals.png", ae.image.grid(
  vae:traverse { dims = dims, steps = 11, range = 2, of = test:take(1) }, { columns = 11 }))
ae.plot.save("loss.svg", history)
vae:save("beta_vae.safetensors")
print("wrote reconstructions.png, traversals.png (a dimension of the code a row), loss.svg, beta_vae.safetensors")
