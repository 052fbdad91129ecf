--- Layers, initialisers and losses.
local description = require "aelua.nn.description"
local activation = require "aelua.nn.activation"
local names = require "aelua.base.names"

local M = {
  Module = require "aelua.nn.module",
  init = require "aelua.nn.initializers",
  loss = require "aelua.nn.loss",
  Posterior = require "aelua.nn.posterior",
  FlowPosterior = require "aelua.nn.flow_posterior",
  Flow = require "aelua.nn.flow",
  Prior = require "aelua.nn.prior",
  mirror = require "aelua.nn.mirror",
  size_hint = require "aelua.nn.size_hint",
  describe = description.describe,
  from_config = description.from_config,
  register = description.register,
}

local layers = {
  "sequential", "dense", "tied_dense", "flatten", "reshape", "dropout", "gaussian_noise", "residual",
  "conv1d", "conv2d", "conv_transpose1d", "conv_transpose2d", "tied_conv_transpose1d", "tied_conv_transpose2d",
  "depthwise_conv2d", "separable_conv2d",
  "max_pool1d", "max_pool2d", "avg_pool1d", "avg_pool2d", "global_avg_pool1d", "global_avg_pool2d",
  "up_sampling1d", "up_sampling2d", "pixel_shuffle", "pixel_unshuffle", "zero_pad1d", "zero_pad2d", "crop1d", "crop2d",
  "batch_norm", "layer_norm", "group_norm", "spatial_dropout2d",
  "variational", "vector_quantizer", "gumbel_softmax", "standard_prior", "mixture_prior", "vamp_prior",
  "masked_dense", "householder_flow", "inverse_autoregressive_flow",
}
for _, file in ipairs(layers) do
  local class = description.register(require("aelua.nn." .. file))
  M[class.class_name] = class
end
for class_name, class in pairs(activation.classes) do M[class_name] = description.register(class) end

return names.strict(M, "nn")
