--- The mean of every window along a signal, for each channel.
---   x [N, T, C]   ->   y [N, P, C]
---
---   nn.AvgPool1d(2)
---
--- At the border the mean is over what the window meets, as in Keras; with
--- count_padding over the whole window, as in PyTorch.
local core = require "aelua.core"
local Pooling = require "aelua.nn.pooling"

---@class aelua.AvgPool1dOptions: aelua.PoolingOptions
---@field count_padding? boolean whether padding counts as elements that are 0; default false

---@class aelua.AvgPool1d: aelua.Pooling
local AvgPool1d = Pooling:extend("AvgPool1d")
AvgPool1d.transparent = AvgPool1d
AvgPool1d.sides = 1
AvgPool1d.op = core.ops.avg_pool1d
AvgPool1d.declared = {
  stride = Pooling.declared.stride,
  padding = Pooling.declared.padding,
  count_padding = { type = "boolean", default = false },
}

function AvgPool1d.from_config(config) return AvgPool1d(config.size, Pooling.given(config)) end

return AvgPool1d
