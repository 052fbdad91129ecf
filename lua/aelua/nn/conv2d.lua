--- A convolution of pictures, channels last; bias and activation ride in it.
---   x [N, H, W, C]   W [R, S, C/groups, filters]   b [filters]   ->   y [N, P, Q, filters]
---
---   nn.Conv2d(32, 3, { padding = "same", activation = "relu" })
---
--- Padding "same" gives size / stride, rounded up, the odd element of padding at
--- the end, as Keras does; numbers are PyTorch's. See the operation conv2d.
local core = require "aelua.core"
local Convolution = require "aelua.nn.convolution"
local Weighted = require "aelua.nn.weighted"

---@class aelua.Conv2d: aelua.Convolution
---@field weight aelua.Tensor? [R, S, C/groups, filters], once the channels of the input are known
local Conv2d = Convolution:extend("Conv2d")
Conv2d.transparent = Conv2d
Conv2d.sides = 2
Conv2d.op = core.ops.conv2d

function Conv2d.from_config(config, reader)
  return Conv2d(config.filters, config.kernel, Weighted.given(config, reader, "filters", "kernel"))
end

return Conv2d
