--- y = x + layers(x), the shapes being equal.
---
---   nn.Residual {
---     nn.Conv2d(32, 3, { padding = "same", activation = "relu" }),
---     nn.Conv2d(32, 3, { padding = "same" }),
---   }
---
--- An activation of the sum comes after it: nn.Residual { ... }, "relu".
--- He, Zhang, Ren, Sun 2016.
local core = require "aelua.core"
local Module = require "aelua.nn.module"
local Sequential = require "aelua.nn.sequential"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"

---@class aelua.Residual: aelua.Module
---@field layers aelua.Sequential
local Residual = Module:extend("Residual")

---@param layers table as of nn.Sequential
function Residual:init(layers, ...)
  options.no_more("Residual", "a list of layers", ...)
  self.layers = Sequential.is(layers) and layers or Sequential(layers)
  errors.check(#self.layers > 0, "invalid", "Residual wants at least one layer")
end

-- Adding would broadcast what does not fit.
local function check(self, given, got)
  if shapes.equal(given, got) then return end
  errors.raise("shape", ("layers[%d] %s gives %s, where the input to add it to is %s"):format(#self.layers,
    self.layers[#self.layers].class_name, shapes.text(got), shapes.text(given)))
end

function Residual:build(shape)
  shape = shapes.check("Residual:build", shape)
  check(self, shape, self:within(self.layers, "build", shape))
  self.input_shape = shape
  return table.move(shape, 1, #shape, 1, {})
end

---@param x aelua.Tensor [N, ...]
---@return aelua.Tensor [N, ...]
function Residual:forward(x)
  local y = self:within(self.layers, "forward", x)
  errors.check(core.is_tensor(x) and core.is_tensor(y), "type", "Residual wants tensors")
  check(self, x.shape, y.shape)
  self.input_shape = self.input_shape or shapes.of_sample(x)
  return x + y
end

function Residual:config(writer) return { layers = writer:describe(self.layers) } end

function Residual.from_config(config, reader) return Residual(reader:build(config.layers, "layers")) end

--- y = x + the mirror image of the layers, then the activation.
---@param o aelua.MirrorOptions
---@return aelua.Module
function Residual:mirror(o)
  local back = Residual(require "aelua.nn.mirror"(self.layers, { tied = o.tied, inverse_activation = o.inverse_activation }))
  return o.activation and Sequential { back, o.activation } or back
end

return Residual
