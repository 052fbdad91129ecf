--- A transposed convolution of pictures, channels last: it undoes the sizes of a
--- convolution. Bias and activation ride in it.
---   x [N, H, W, C]   W [R, S, filters/groups, C]   b [filters]   ->   y [N, P, Q, filters]
---
---   nn.ConvTranspose2d(32, 3, { stride = 2, padding = "same", activation = "relu" })
---
--- Padding "same" gives size * stride, as Keras does; with numbers, which are taken
--- off, and output_padding, PyTorch's size:
--- (size - 1) * stride + dilation * (kernel - 1) + 1 - before - after + output_padding.
local core = require "aelua.core"
local Conv2d = require "aelua.nn.conv2d"
local Transposed = require "aelua.nn.transposed"
local Weighted = require "aelua.nn.weighted"

---@class aelua.ConvTranspose2dOptions: aelua.ConvolutionOptions
---@field output_padding? integer|integer[] how much longer the result is at its end; default 0

---@class aelua.ConvTranspose2d: aelua.Transposed
---@field weight aelua.Tensor? [R, S, filters/groups, C], once the channels of the input are known
local ConvTranspose2d = Transposed:extend("ConvTranspose2d")
ConvTranspose2d.transparent = ConvTranspose2d
ConvTranspose2d.sides = 2
ConvTranspose2d.op = core.ops.conv_transpose2d
ConvTranspose2d.Forward = Conv2d
Conv2d.Transposed = ConvTranspose2d

function ConvTranspose2d.from_config(config, reader)
  return ConvTranspose2d(config.filters, config.kernel, Weighted.given(config, reader, "filters", "kernel"))
end

return ConvTranspose2d
