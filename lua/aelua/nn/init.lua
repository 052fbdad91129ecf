--- Layers, initialisers and losses.
local description = require "aelua.nn.description"
local activation = require "aelua.nn.activation"
local names = require "aelua.base.names"

local M = {
  Module = require "aelua.nn.module",
  init = require "aelua.nn.initializers",
  loss = require "aelua.nn.loss",
  mirror = require "aelua.nn.mirror",
  describe = description.describe,
  from_config = description.from_config,
  register = description.register,
}

local layers = {
  "sequential", "dense", "tied_dense", "flatten", "reshape", "dropout", "gaussian_noise",
}
for _, file in ipairs(layers) do
  local class = description.register(require("aelua.nn." .. file))
  M[class.class_name] = class
end
for class_name, class in pairs(activation.classes) do M[class_name] = description.register(class) end

return names.strict(M, "nn")
