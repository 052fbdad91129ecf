--- A transposed convolution of signals, channels last: it undoes the sizes of a
--- convolution. Bias and activation ride in it.
---   x [N, T, C]   W [R, filters/groups, C]   b [filters]   ->   y [N, P, filters]
---
---   nn.ConvTranspose1d(16, 7, { stride = 2, padding = "same", activation = "relu" })
---
--- Padding "same" gives size * stride, as Keras does; with numbers, which are taken
--- off, and output_padding, PyTorch's size:
--- (size - 1) * stride + dilation * (kernel - 1) + 1 - before - after + output_padding.
local core = require "aelua.core"
local Conv1d = require "aelua.nn.conv1d"
local Transposed = require "aelua.nn.transposed"
local Weighted = require "aelua.nn.weighted"

---@class aelua.ConvTranspose1dOptions: aelua.ConvolutionOptions
---@field output_padding? integer|integer[] how much longer the result is at its end; default 0

---@class aelua.ConvTranspose1d: aelua.Transposed
---@field weight aelua.Tensor? [R, filters/groups, C], once the channels of the input are known
local ConvTranspose1d = Transposed:extend("ConvTranspose1d")
ConvTranspose1d.transparent = ConvTranspose1d
ConvTranspose1d.sides = 1
ConvTranspose1d.op = core.ops.conv_transpose1d
ConvTranspose1d.Forward = Conv1d
Conv1d.Transposed = ConvTranspose1d

function ConvTranspose1d.from_config(config, reader)
  return ConvTranspose1d(config.filters, config.kernel, Weighted.given(config, reader, "filters", "kernel"))
end

return ConvTranspose1d
