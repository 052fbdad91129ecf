--- [N, ...] -> [N, shape...]: every sample in another shape. A view, no copy.
local core = require "aelua.core"
local Layer = require "aelua.nn.layer"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"

local reshape = core.ops.reshape

---@class aelua.Reshape: aelua.Layer
---@field shape integer[] of one sample
local Reshape = Layer:extend("Reshape")
Reshape.transparent = Reshape
Reshape.rearranges = true

---@param ... integer|integer[] one shape, or its sizes
function Reshape:init(...)
  local first = ...
  if type(first) == "table" then options.no_more("Reshape", "one shape", select(2, ...)) end
  self.shape = shapes.check("Reshape", type(first) == "table" and first or { ... })
  errors.check(#self.shape > 0, "invalid", "Reshape wants one shape, got named shapes")
  self._dims = { 0, table.unpack(self.shape) }
end

function Reshape:build(shape)
  shape = shapes.check("Reshape:build", shape)
  local have, want = shapes.count(shape), shapes.count(self.shape)
  errors.check(have == want, "shape", "reshape: %d values %s do not fill %s (%d)", have, shapes.text(shape),
    shapes.text(self.shape), want)
  self.input_shape = shape
  return table.move(self.shape, 1, #self.shape, 1, {})
end

---@param x aelua.Tensor [N, ...]
---@return aelua.Tensor [N, shape...]
function Reshape:forward(x)
  if not self.input_shape then self:build(shapes.of_sample(x)) end
  local dims = self._dims
  dims[1] = #x
  return reshape(x, dims)
end

function Reshape:config() return { shape = self.shape } end

function Reshape.from_config(config) return Reshape(config.shape) end

function Reshape:mirror() return Reshape(self.input_shape) end

return Reshape
