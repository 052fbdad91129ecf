--- A convolution of signals, channels last; bias and activation ride in it.
---   x [N, T, C]   W [R, C/groups, filters]   b [filters]   ->   y [N, P, filters]
---
---   nn.Conv1d(16, 7, { stride = 2, padding = "same", activation = "relu" })
---
--- Padding "same" gives size / stride, rounded up, the odd element of padding at
--- the end, as Keras does; numbers are PyTorch's. See the operation conv1d.
local core = require "aelua.core"
local Convolution = require "aelua.nn.convolution"
local Weighted = require "aelua.nn.weighted"

---@class aelua.Conv1d: aelua.Convolution
---@field weight aelua.Tensor? [R, C/groups, filters], once the channels of the input are known
local Conv1d = Convolution:extend("Conv1d")
Conv1d.transparent = Conv1d
Conv1d.sides = 1
Conv1d.op = core.ops.conv1d

function Conv1d.from_config(config, reader)
  return Conv1d(config.filters, config.kernel, Weighted.given(config, reader, "filters", "kernel"))
end

return Conv1d
