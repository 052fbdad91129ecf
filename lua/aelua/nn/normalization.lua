--- What layers share that normalise, then scale and shift: two parameters of the
--- shape that the class says.
local Layer = require "aelua.nn.layer"
local options = require "aelua.base.options"
local parameter = require "aelua.nn.parameter"
local initializers = require "aelua.nn.initializers"
local errors = require "aelua.base.errors"
local shapes = require "aelua.base.shapes"

---@class aelua.NormalizationOptions
---@field epsilon? number added to the variance; default 1e-5 as in PyTorch (Keras: 1e-3)
---@field scale? boolean whether it has a scale (gamma), from 1; default true
---@field shift? boolean whether it has a shift (beta), from 0; default true

---@class aelua.Normalization: aelua.Layer
---@field scale aelua.Tensor? once the size of the input is known
---@field shift aelua.Tensor?
---@field epsilon number
local Normalization = Layer:extend("Normalization")
Normalization.normalizes = true

--- The options of all, and `more`.
function Normalization.declare(more)
  more.epsilon = { type = "number", default = 1e-5, above = 0 }
  more.scale = { type = "boolean", default = true }
  more.shift = { type = "boolean", default = true }
  return more
end

--- Checks and keeps options; gives them.
function Normalization:take(given, declared, ...)
  options.no_more(self.class_name, "options", ...)
  local o = options.check(self.class_name, given, declared)
  self.epsilon, self.has_scale, self.has_shift = o.epsilon, o.scale, o.shift
  return o
end

function Normalization:is_built() return self.input_shape ~= nil end

local ones, zeros = initializers.ones(), initializers.zeros()

--- Makes scale and shift of `size`, or checks that they are.
---@param shape integer[] of a sample
---@param size integer[]
function Normalization:make(shape, size)
  local known = self._size
  errors.check(not known or shapes.equal(known, size), "shape", "%s: wants %s at the end, got %s", self.class_name,
    shapes.text(known or {}), shapes.text(shape))
  if not known then
    if self.has_scale then self.scale = parameter.new(self.class_name, ones, size, 1, 1) end
    if self.has_shift then self.shift = parameter.new(self.class_name, zeros, size, 1, 1) end
    self._size = size
  end
  self.input_shape = shape
  return table.move(shape, 1, #shape, 1, {})
end

function Normalization:config() return { epsilon = self.epsilon, scale = self.has_scale, shift = self.has_shift } end

--- A new one like it: what a decoder normalises has the encoder's shape.
function Normalization:mirror()
  local config = self:config()
  return getmetatable(self).from_config(config)
end

return Normalization
