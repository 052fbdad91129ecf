--- Methods that only some models have. On others, calling one says what it wants and
--- which models have that.
local errors = require "aelua.base.errors"

local variational = "a distribution of codes, which variational models have (ae.VAE and those made of it)"
local discrete = "codes that are numbered, which ae.VQVAE and ae.CategoricalVAE have"

local of_some = {
  sample = variational, draw_from = variational, traverse = variational, manifold = variational, interpolate = variational,
  elbo = variational, log_likelihood = variational, tokens = discrete,
}

---@param Model aelua.Model
return function(Model)
  for name, wanted in pairs(of_some) do
    Model[name] = function(self)
      errors.raise("unsupported", ("%s has no method '%s': it wants %s"):format(self.class_name, name, wanted), 2)
    end
  end
end
