--- Methods that modules do not have, under names that models have and that other
--- frameworks use. Calling one says what there is, where a missing field, which
--- may well be nil, could not.
local errors = require "aelua.base.errors"
local names = require "aelua.base.names"

local of_models = { "fit", "evaluate", "encode", "decode", "reconstruct", "summary", "save", "load" }
local of_nobody = { "predict", "compile", "train_step" }

local function is_model_method(name)
  for _, one in ipairs(of_models) do
    if one == name then return true end
  end
  return false
end

local function message(module, name)
  local text = ("%s has no method '%s'"):format(module.class_name, name)
  if module.is_model then return text .. names.meant(name, of_models) end
  return is_model_method(name) and text .. ", which models have: ae.Autoencoder { encoder = ..., decoder = ... }" or text
end

local M = {}

---@param Module aelua.Module
function M.of_modules(Module)
  for _, list in ipairs { of_models, of_nobody } do
    for _, name in ipairs(list) do
      Module[name] = function(self) errors.raise("unsupported", message(self, name), 2) end
    end
  end
end

-- What only some models can, and what they have that others have not.
local variational = "a distribution of codes, which variational models have (ae.VAE and those made of it)"
local discrete = "codes that are numbered, which ae.VQVAE and ae.CategoricalVAE have"
local of_some_models = {
  sample = variational, draw_from = variational, traverse = variational, manifold = variational, interpolate = variational,
  elbo = variational, log_likelihood = variational, tokens = discrete,
}

---@param Model aelua.Model
function M.of_models(Model)
  for name, wanted in pairs(of_some_models) do
    Model[name] = function(self)
      errors.raise("unsupported", ("%s has no method '%s': it wants %s"):format(self.class_name, name, wanted), 2)
    end
  end
end

return M
