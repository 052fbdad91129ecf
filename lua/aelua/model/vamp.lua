--- The VAE whose prior is a mixture of the posteriors of learned pseudo-inputs
--- (Tomczak, Welling, "VAE with a VampPrior", AISTATS 2018); see nn/vamp_prior.lua.
--- Pseudo-inputs stay between 0 and 1 where the likelihood's data does. They may be
--- started from samples: vamp.posterior.prior:start(train:take(500):tensor()).

---@class aelua.VAMPOptions: aelua.VAEOptions
---@field pseudo_inputs? integer default 500
---@field prior? nil not here: it is the class's own
---@field free_bits? nil not here: they want dimensions that are apart
---@field flow? nil not here: pseudo-inputs want the density of any code

---@param models table those made before
---@param tools aelua.ModelTools
return function(models, tools)
  local VAE = models.VAE

  ---@class aelua.VAMP: aelua.VAE
  local VAMP = VAE:member("VAMP", {
    options = { pseudo_inputs = { type = "integer", min = 1, default = 500 } },
    without = { "prior", "free_bits", "flow" },
  })

  function VAMP:make_posterior(o)
    return tools.nn.Variational(self.latent, {
      prior = { "vamp", pseudo_inputs = o.pseudo_inputs, range = o.likelihood.unit and "unit" or "any" }, bound = o.bound,
    })
  end

  return VAMP
end
