--- The mean of every window over a picture, for each channel.
---   x [N, H, W, C]   ->   y [N, P, Q, C]
---
---   nn.AvgPool2d(2)
---
--- At the border the mean is over what the window meets, as in Keras; with
--- count_padding over the whole window, as in PyTorch.
local core = require "aelua.core"
local Pooling = require "aelua.nn.pooling"

---@class aelua.AvgPool2dOptions: aelua.PoolingOptions
---@field count_padding? boolean whether padding counts as elements that are 0; default false

---@class aelua.AvgPool2d: aelua.Pooling
local AvgPool2d = Pooling:extend("AvgPool2d")
AvgPool2d.transparent = AvgPool2d
AvgPool2d.sides = 2
AvgPool2d.op = core.ops.avg_pool2d
AvgPool2d.declared = {
  stride = Pooling.declared.stride,
  padding = Pooling.declared.padding,
  count_padding = { type = "boolean", default = false },
}

function AvgPool2d.from_config(config) return AvgPool2d(config.size, Pooling.given(config)) end

return AvgPool2d
