--- Every sample to mean 0 and variance 1 over its last dimensions, then scaled and
--- shifted. Ba, Kiros, Hinton 2016.
---   x [N, ..., D]   scale, shift [D]
---
---   nn.LayerNorm()
---   nn.LayerNorm { dims = 3 }    -- over all of a picture [H, W, C]
local core = require "aelua.core"
local Normalization = require "aelua.nn.normalization"
local errors = require "aelua.base.errors"
local shapes = require "aelua.base.shapes"

local layer_norm = core.ops.layer_norm

---@class aelua.LayerNormOptions: aelua.NormalizationOptions
---@field dims? integer how many of the last dimensions it is over; default 1

local declared = Normalization.declare { dims = { type = "integer", min = 1, default = 1 } }

---@class aelua.LayerNorm: aelua.Normalization
local LayerNorm = Normalization:extend("LayerNorm")
LayerNorm.transparent = LayerNorm

---@param given? aelua.LayerNormOptions
function LayerNorm:init(given, ...) self.dims = math.tointeger(self:take(given, declared, ...).dims) end

function LayerNorm:build(shape)
  shape = shapes.check("LayerNorm:build", shape)
  errors.check(#shape >= self.dims, "shape", "LayerNorm: wants samples of at least %d dimensions, got %s", self.dims,
    shapes.text(shape))
  return self:make(shape, table.move(shape, #shape - self.dims + 1, #shape, 1, {}))
end

---@param x aelua.Tensor [N, ..., D]
---@return aelua.Tensor
function LayerNorm:forward(x)
  if not self.input_shape then self:build(shapes.of_sample(x)) end
  return layer_norm(x, self.scale, self.shift, self.dims, self.epsilon)
end

function LayerNorm:config()
  local config = Normalization.config(self)
  config.dims = self.dims
  return config
end

function LayerNorm.from_config(config) return LayerNorm(config) end

return LayerNorm
