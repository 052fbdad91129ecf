--- What transposed convolutions share, beyond what all convolutions do.
local Convolution = require "aelua.nn.convolution"
local errors = require "aelua.base.errors"
local numbers = require "aelua.base.numbers"
local shapes = require "aelua.base.shapes"

---@class aelua.Transposed: aelua.Convolution
---@field output_padding integer[]?
local Transposed = Convolution:extend("Transposed")
Transposed.transposed = true
Transposed.declared = Convolution.declare { output_padding = { type = { "integer", "table" } } }

function Transposed:take_kernel(kernel, o)
  if o.output_padding ~= nil then
    self.output_padding = numbers.of_sides(self.class_name, "output_padding", o.output_padding, self.sides, 0)
    local any = false
    for d = 1, self.sides do any = any or self.output_padding[d] > 0 end
    if not any then self.output_padding = nil end
    errors.check(not any or o.padding ~= "same", "invalid", "%s: output_padding goes with padding \"valid\" or in numbers; "
      .. "with \"same\" the result has size * stride", self.class_name)
  end
  Convolution.take_kernel(self, kernel, o)
end

function Transposed:weight_channels(channels)
  errors.check(channels % self.groups == 0, "shape", "%s: %d groups do not divide %d channels", self.class_name,
    self.groups, channels)
  return self.filters // self.groups, channels
end

--- A convolution from the results back to the inputs.
---@param o aelua.MirrorOptions
---@return aelua.Module
function Transposed:mirror(o)
  errors.check(not o.tied, "unsupported", "mirror: %s has no tied mirror image", self.class_name)
  local back = self:mirror_options(o)
  back.padding = self.padding
  for d = 1, self.sides do
    local extra = self.output_padding and self.output_padding[d] or 0
    errors.check(extra < self.stride[d], "unsupported",
      "mirror: %s with output_padding %s has a mirror image where it is less than stride %s", self.class_name,
      shapes.text(self.output_padding), shapes.text(self.stride))
  end
  return self.Forward(self.channels, self.kernel, back)
end

return Transposed
