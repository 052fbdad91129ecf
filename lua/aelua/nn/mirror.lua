--- The mirror image of an encoder: its layers undone, last first.
---
---   local encoder = nn.Sequential { nn.Flatten(), nn.Dense(512, "relu"), nn.Dense(64) }
---   local decoder = ae.mirror(encoder, { activation = "sigmoid" })
---   -- Sequential { Dense(512, "relu"), Dense(784, "sigmoid"), Reshape(28, 28, 1) }
---
--- Every representation has the activation in the decoder that it has in the
--- encoder; the result has `activation`. Each class says by its method
--- mirror(options) what undoes it. An encoder whose input size is not known yet is
--- mirrored when the decoder is built, or at its first forward.
local Sequential = require "aelua.nn.sequential"
local layers_of = require "aelua.nn.layers_of"
local activation = require "aelua.nn.activation"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local tree = require "aelua.nn.tree"

---@class aelua.MirrorOptions
---@field activation? any of the result; default: none
---@field tied? boolean the encoder's weights, transposed; biases are the decoder's own; default false
---@field inverse_activation? boolean with tied: undoes the encoder's activations first; default false

local declared = {
  activation = {},
  tied = { type = "boolean", default = false },
  inverse_activation = { type = "boolean", default = false },
}

-- Layers whose result means what their input means.
local function passes(layer) return layer.rearranges or layer.regularizes or layer.resamples or layer.normalizes end

-- A new activation such as the representation before layer i has; where that is
-- the input itself, `output`.
local function activation_before(layers, i, output)
  for k = i - 1, 1, -1 do
    local layer = layers[k]
    if activation.Activation.is(layer) then return activation.copy(layer) end
    if not passes(layer) then
      local own = layer:applied_activation()
      return own and activation.copy(own) or nil
    end
  end
  return output
end

local function fill(decoder, encoder, o)
  local layers = layers_of(encoder)
  for i = #layers, 1, -1 do
    local layer = layers[i]
    if not activation.Activation.is(layer) and not layer.regularizes then
      errors.check(layer.input_shape, "state",
        "mirror: the encoder's %s does not know its input size: call encoder:build(shape) first", layer.class_name)
      local inverse = o.inverse_activation and not passes(layer)
      decoder:append(layer:mirror {
        activation = not passes(layer) and activation_before(layers, i, activation.get("mirror", o.activation)) or nil,
        tied = o.tied, inverse_activation = inverse,
      })
    end
  end
end

-- A Sequential that is not filled yet; it becomes one when its size is wanted.
local Pending = Sequential:extend("Sequential")

function Pending:init(encoder, o)
  self._encoder, self._options = encoder, o
end

function Pending:settle()
  local filled = Sequential {}
  fill(filled, self._encoder, self._options)
  self._encoder, self._options = nil, nil
  setmetatable(self, Sequential)
  for i = 1, #filled do self:append(filled[i]) end
  return self
end

for _, method in ipairs { "build", "forward", "forward_logits", "output_activation" } do
  Pending[method] = function(self, ...)
    local settled = self:settle()
    return settled[method](settled, ...)
  end
end

local function is_sized(encoder)
  for _, layer in ipairs(layers_of(encoder)) do
    local sized = layer.input_shape or layer.regularizes or activation.Activation.is(layer)
    if not sized then return false end
  end
  return true
end

--- The decoder that undoes `encoder`.
---@param encoder aelua.Module a Sequential or a single layer
---@param given? aelua.MirrorOptions
---@return aelua.Sequential
return function(encoder, given)
  errors.check(tree.is_module(encoder), "invalid", "mirror wants an encoder, got %s", type(encoder))
  local o = options.check("mirror", given, declared)
  errors.check(o.tied or not o.inverse_activation, "invalid", "mirror: inverse_activation goes with tied = true")
  activation.get("mirror", o.activation)
  if not is_sized(encoder) then return Pending(encoder, o) end
  local decoder = Sequential {}
  fill(decoder, encoder, o)
  return decoder
end
