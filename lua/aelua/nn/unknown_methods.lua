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

---@param Module aelua.Module
return function(Module)
  for _, list in ipairs { of_models, of_nobody } do
    for _, name in ipairs(list) do
      Module[name] = function(self) errors.raise("unsupported", message(self, name), 2) end
    end
  end
end
