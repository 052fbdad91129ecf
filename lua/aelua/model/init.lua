--- Models: what is trained, saved and asked. Handed what it uses; gives the
--- classes and the functions that read their files.
local names = require "aelua.base.names"

---@class aelua.ModelTools
---@field nn table the namespace of layers
---@field fit fun(model: table, train: any, options: table?, tools: table): table the training loop
---@field evaluate fun(model: table, set: table, batch_size: integer, metrics: table): table means of a data set
---@field metrics fun(who: string, wanted: table?, model: table): table metrics by name
---@field dataset fun(value: any): table a data set of what stands for one
---@field optimizer fun(spec: any, model: table): table
---@field dist table the namespace of distributions
---@field labelled fun(data: aelua.Tensor, labels: aelua.Tensor): table a data set of samples and i32 labels from 1
---@field schedule table `is`, `describe`, `from_config`
---@field noise table corruptions: `from_config`
---@field scaler table scalers: `from_config`

---@param tools aelua.ModelTools
return function(tools)
  local files = require "aelua.model.file"(tools)
  local Model = require "aelua.model.model"(tools, files)
  local VariationalModel = require "aelua.model.variational"(Model, tools)
  local VAE = require "aelua.model.vae"(VariationalModel)
  return names.strict({
    Model = Model,
    VariationalModel = VariationalModel,
    VAE = VAE,
    BetaVAE = require "aelua.model.beta_vae"(VAE),
    ConditionalVAE = require "aelua.model.conditional_vae"(VAE, tools),
    IWAE = require "aelua.model.iwae"(VariationalModel),
    VAMP = require "aelua.model.vamp"(VAE, tools),
    Autoencoder = require "aelua.model.autoencoder"(Model, tools),
    load_model = files.load_model,
    save_state = files.save_state,
    load_state = files.load_state,
  }, "model")
end
