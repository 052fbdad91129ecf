--- What layers with a weight and a bias share: the activation that their operation
--- takes over where it can, and penalties (see Module.penalties):
---   l1 * sum |W|, l2 * sum W^2, and activity_l1 * sum |y| / N of the last forward.
--- They are parts of the loss; decay of weights apart from the gradient is the
--- optimiser's (AdamW).
local core = require "aelua.core"
local Module = require "aelua.nn.module"
local activation = require "aelua.nn.activation"
local initializers = require "aelua.nn.initializers"

local norm, square = core.ops.norm, core.ops.square

---@class aelua.Weighted: aelua.Module
---@field weight aelua.Tensor? once the size of the input is known
---@field bias aelua.Tensor?
local Weighted = Module:extend("Weighted")

---@class aelua.WeightedOptions
---@field activation? string|table|aelua.Module default: none
---@field bias? boolean default true
---@field weight_init? any see nn.init; default "glorot_uniform"
---@field bias_init? any default "zeros"
---@field l1? number default 0
---@field l2? number default 0
---@field activity_l1? number default 0

local declared = {
  activation = {},
  bias = { type = "boolean", default = true },
  weight_init = { default = "glorot_uniform" },
  bias_init = { default = "zeros" },
  l1 = { type = "number", default = 0, min = 0 },
  l2 = { type = "number", default = 0, min = 0 },
  activity_l1 = { type = "number", default = 0, min = 0 },
}

--- The options of all such layers, and `more`.
---@param more table<string, aelua.Option>
---@param without? string[] options of all that this class does not have
---@return table<string, aelua.Option>
function Weighted.declare(more, without)
  local all = {}
  for name, option in pairs(declared) do all[name] = option end
  for name, option in pairs(more) do all[name] = option end
  for _, name in ipairs(without or {}) do all[name] = nil end
  return all
end

--- An activation alone stands for options.
function Weighted.as_options(given)
  if type(given) == "string" or Module.is(given) then return { activation = given } end
  return given
end

--- Keeps checked options.
function Weighted:take(o)
  local who = self.class_name
  self._weight_init = o.weight_init ~= nil and initializers.get(who, o.weight_init) or nil
  self._bias_init = initializers.get(who, o.bias_init)
  self.has_bias, self.l1, self.l2, self.activity_l1 = o.bias, o.l1 or 0, o.l2 or 0, o.activity_l1
  self:set_activation(activation.get(who, o.activation))
end

-- The fused operation takes over what it can; any other module comes after it.
function Weighted:set_activation(layer)
  self._activation = layer or false
  self._fused = layer and activation.fused(layer) or "linear"
  if layer and self._fused ~= "linear" then self._slope, self._alpha = layer.slope, layer.alpha end
  if layer and self._fused == "linear" then
    self.activation = layer
    self.transparent = false -- it may keep what it is given
  end
end

function Weighted:label()
  return self._activation and ("%s %s"):format(self.class_name, self._activation.name or self._activation.class_name)
    or self.class_name
end

function Weighted:is_built() return self.weight ~= nil end

--- The activation that the operation has not applied to y yet, and the penalty on the result.
---@param y aelua.Tensor [N, ...]
---@return aelua.Tensor
function Weighted:finish(y)
  local after = self.activation
  if after then y = after:forward(y) end
  if self.activity_l1 > 0 then self._activity = norm(y, nil, nil, 1) * (self.activity_l1 / math.max(1, #y)) end
  return y
end

function Weighted:output_activation()
  return self._activation and self.activity_l1 == 0 and self._activation:output_activation() or nil
end

function Weighted:penalties(into)
  into = into or {}
  if self.weight then
    if self.l1 > 0 then Module.add_penalty(into, "l1", norm(self.weight, nil, nil, 1) * self.l1) end
    if self.l2 > 0 then Module.add_penalty(into, "l2", square(norm(self.weight)) * self.l2) end
  end
  if self._activity then
    Module.add_penalty(into, "activity_l1", self._activity)
    self._activity = false
  end
  if self.activation then self.activation:penalties(into) end
  return into
end

function Weighted:applied_activation() return self._activation or nil end

function Weighted:config(writer)
  return {
    activation = self._activation and activation.describe(self._activation, writer) or nil,
    bias = self.has_bias,
    weight_init = self._weight_init and initializers.describe(self._weight_init),
    bias_init = initializers.describe(self._bias_init),
    l1 = self.l1, l2 = self.l2, activity_l1 = self.activity_l1,
  }
end

--- The options in a description, without those named after the reader.
---@return table
function Weighted.given(config, reader, ...)
  local given = {}
  for key, value in pairs(config) do given[key] = value end
  for _, name in ipairs { ... } do given[name] = nil end
  given.activation = activation.read(config.activation, reader)
  return given
end

return Weighted
