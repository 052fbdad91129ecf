--- Losses that compare pictures as an encoder sees them. Functions of nn.loss.
---
---   local loss = nn.loss.perceptual(trained.encoder, { layers = { 1, 3 }, style = 0.1 })
---   local value = loss(prediction, target)
---
--- Gatys, Ecker, Bethge, "A neural algorithm of artistic style", 2015; Johnson,
--- Alahi, Fei-Fei, "Perceptual losses for real-time style transfer and
--- super-resolution", 2016.
local core = require "aelua.core"
local Sequential = require "aelua.nn.sequential"
local errors = require "aelua.base.errors"
local names = require "aelua.base.names"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"
local tree = require "aelua.nn.tree"

local ops = core.ops

local M = {}

--- Gram matrices of features, which say which channels go together, and not where:
--- over the P positions of a sample, G[i,j] = sum of x[p,i] x[p,j] / (P C).
---@param x aelua.Tensor [N, ..., C]
---@return aelua.Tensor # [N, C, C]
function M.gram(x)
  local shape = core.is_tensor(x) and x.shape
  errors.check(shape and #shape >= 3, "shape", "gram: wants features [N, ..., C] with positions, got %s",
    shape and shapes.text(shape) or type(x))
  local channels = shape[#shape]
  local rows = ops.reshape(x, { shape[1], shapes.count(shape) // math.max(1, shape[1] * channels), channels })
  return ops.matmul(rows, rows, { transpose_a = true }) * (1 / math.max(1, rows.shape[2] * channels))
end

---@class aelua.PerceptualOptions
---@field layers? (integer|string)[] numbers of the encoder's layers, or places ("blocks[2].conv"); default: its output
---@field weights? number[] a factor for each of them, default 1
---@field content? number factor of the mean squared difference of what a layer gives, default 1
---@field style? number factor of the squared difference of its Gram matrices (summed over a sample, mean over samples), default 0

local declared = {
  layers = { type = "table" },
  weights = { type = "table" },
  content = { type = "number", min = 0, default = 1 },
  style = { type = "number", min = 0, default = 0 },
}

local function place_of(layer) return math.type(layer) == "integer" and ("[%d]"):format(layer) or layer end

-- The places to compare at, in order, and whether each is a layer of the encoder's own list.
local function read_layers(encoder, layers)
  local known, places = {}, {}
  for _, entry in ipairs(tree.list(encoder).modules) do known[entry.place] = true end
  for i, layer in ipairs(layers) do
    local place = place_of(layer)
    errors.check(known[place], "invalid", "perceptual: %s has no layer %s%s", encoder.class_name,
      type(layer) == "string" and "'" .. layer .. "'" or errors.shown(layer), names.hint(layer, known))
    places[i] = place
  end
  errors.check(#places > 0, "invalid", "perceptual: layers wants a list of layers")
  return places
end

-- The encoder up to the last layer that is wanted, where it is a list of layers.
local function shortened(encoder, layers)
  local last = 0
  for _, layer in ipairs(layers) do
    if math.type(layer) ~= "integer" then return encoder end
    last = math.max(last, layer)
  end
  if getmetatable(encoder) ~= Sequential or last == #encoder then return encoder end
  return Sequential { table.unpack(encoder, 1, last) }
end

-- fn(...) while no parameter takes part in gradients; they come back.
local function frozen(encoder, fn, ...)
  local trained = {}
  for _, parameter in ipairs(encoder:parameters()) do
    if parameter.requires_grad then trained[#trained + 1] = parameter:require_grad(false) end
  end
  local results = table.pack(pcall(fn, ...))
  for _, parameter in ipairs(trained) do parameter:require_grad(true) end
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

-- What the layers at `places` give of x, by place.
local function features_at(encoder, places, x)
  local wanted, features = {}, {}
  for _, place in ipairs(places) do wanted[place] = true end
  local function see(place, module, output)
    if not wanted[place] then return end
    errors.check(core.is_tensor(output), "type", "perceptual: layer %s %s gives a %s, where a tensor is wanted", place,
      module.class_name, type(output))
    features[place] = ops.reshape(output, output.shape) -- Sequential lets go of what passes through it
  end
  encoder:watch(see, function() encoder:forward(x) end)
  return features
end

local function difference(o, prediction, target)
  local total = o.content > 0 and ops.mse(prediction, target) * o.content or nil
  if o.style == 0 then return total end
  local style = ops.mse(M.gram(prediction), M.gram(target), { reduction = "batchmean" }) * o.style
  return total and total + style or style
end

--- A loss that compares what an encoder of one's own makes of prediction and target:
--- for each layer, weight * (content * mean squared difference + style * squared
--- difference of Gram matrices), summed. The encoder is not trained by it: it runs
--- in evaluation mode and its parameters get no gradients, whether frozen or not;
--- the modes of its layers stay as they were. Gradients go to the prediction.
---@param encoder aelua.Module a trained one; takes what prediction and target are
---@param given? aelua.PerceptualOptions
---@return fun(prediction: aelua.Tensor, target: aelua.Tensor): aelua.Tensor # a number
function M.perceptual(encoder, given)
  errors.check(tree.is_module(encoder), "type", "perceptual: wants a module as encoder, got %s", type(encoder))
  local o = options.check("perceptual", given, declared)
  local places = o.layers and read_layers(encoder, o.layers) or { "" }
  local weights = o.weights or {}
  errors.check(not o.weights or #weights == #places, "invalid",
    "perceptual: weights wants a number for each of %d layers, got %d", #places, #weights)
  for i, weight in ipairs(weights) do
    errors.check(type(weight) == "number", "invalid", "perceptual: weights wants numbers, number %d is a %s", i, type(weight))
  end
  errors.check(o.content > 0 or o.style > 0, "invalid", "perceptual: content and style are both 0")
  local part = o.layers and shortened(encoder, o.layers) or encoder

  return function(prediction, target)
    return tree.evaluating(part, frozen, part, function()
      local wanted = core.no_grad(features_at, part, places, target)
      local seen = features_at(part, places, prediction)
      local total
      for i, place in ipairs(places) do
        errors.check(seen[place], "invalid", "perceptual: the encoder did not run its layer %s", place)
        local term = difference(o, seen[place], wanted[place]) * (weights[i] or 1)
        total = total and total + term or term
      end
      return total
    end)
  end
end

return M
