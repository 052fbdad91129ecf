--- [N, ...] -> [N, D]: every sample as one row. A view, no copy.
local core = require "aelua.core"
local Layer = require "aelua.nn.layer"
local Reshape = require "aelua.nn.reshape"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"

local reshape = core.ops.reshape

---@class aelua.Flatten: aelua.Layer
local Flatten = Layer:extend("Flatten")
Flatten.transparent = Flatten
Flatten.rearranges = true

function Flatten:init(...) options.no_more("Flatten", "no options", ...) end

function Flatten:build(shape)
  self.input_shape = shapes.check("Flatten:build", shape)
  self._dims = { 0, shapes.count(self.input_shape) }
  return { self._dims[2] }
end

---@param x aelua.Tensor [N, ...]
---@return aelua.Tensor [N, D]
function Flatten:forward(x)
  local dims = self._dims
  if not dims then
    self:build(shapes.of_sample(x))
    dims = self._dims
  end
  dims[1] = #x
  return reshape(x, dims)
end

function Flatten.from_config() return Flatten() end

function Flatten:mirror() return Reshape(self.input_shape) end

return Flatten
