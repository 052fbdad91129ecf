--- The variational autoencoder (Kingma, Welling, "Auto-encoding variational Bayes",
--- ICLR 2014; Rezende, Mohamed, Wierstra, ICML 2014):
---   loss = -log p(x | z) + beta KL(q(z | x) || p(z)),   z drawn from q(z | x)
---
---   local vae = ae.VAE {
---     input = train.shape, latent = 20,
---     encoder = nn.Sequential { nn.Flatten(), nn.Dense(400, "relu") },
---     decoder = nn.Sequential { nn.Dense(400, "relu"), nn.Dense(train.shape) },    -- logits
---     likelihood = "bernoulli",
---   }
---
--- The model adds the layer that makes a distribution of the features.

---@class aelua.VAEOptions: aelua.VariationalModelOptions
---@field beta? number|aelua.Schedule weight of the divergence from the prior, default 1
---@field free_bits? number nats that each dimension of the code may use for nothing, default 0; see nn.Variational

---@param models table those made before
return function(models)
  local VariationalModel = models.VariationalModel

  ---@class aelua.VAE: aelua.VariationalModel
  local VAE = VariationalModel:member("VAE", {
    options = {
      beta = { type = { "number", "table" }, default = 1 },
      free_bits = { type = "number", min = 0, default = 0 },
    },
    weights = { "beta" },
  })

  function VAE:objective(q, target, condition)
    local raw = self:generate(q:sample(), condition)
    local reconstruction = self.likelihood:nll(raw, target)
    local kl, terms = self:divergence(q)
    terms.reconstruction = reconstruction
    local beta = self:weight "beta"
    return reconstruction + (beta == 1 and kl or kl * beta), terms, raw
  end

  return VAE
end
