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

-- The variational family, a file each that is handed the models before it. What
-- stands here is a name of `ae`.
local family = { "vae", "beta_vae", "conditional_vae", "iwae", "vamp", "vqvae", "categorical_vae" }

---@param tools aelua.ModelTools
return function(tools)
  local files = require "aelua.model.file"(tools)
  local M = { load_model = files.load_model, save_state = files.save_state, load_state = files.load_state }
  M.Model = require "aelua.model.model"(tools, files)
  M.Autoencoder = require "aelua.model.autoencoder"(M.Model, tools)
  M.VariationalModel = require "aelua.model.variational"(M.Model, tools)
  for _, file in ipairs(family) do
    local class = require("aelua.model." .. file)(M, tools)
    M[class.class_name] = class
  end
  return names.strict(M, "model")
end
