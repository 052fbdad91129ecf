--- The largest element of every window over a picture, for each channel.
---   x [N, H, W, C]   ->   y [N, P, Q, C]
---
---   nn.MaxPool2d(2)
---   nn.MaxPool2d(3, { stride = 2, padding = "same" })
local core = require "aelua.core"
local Pooling = require "aelua.nn.pooling"

---@class aelua.MaxPool2d: aelua.Pooling
local MaxPool2d = Pooling:extend("MaxPool2d")
MaxPool2d.transparent = MaxPool2d
MaxPool2d.sides = 2
MaxPool2d.op = core.ops.max_pool2d

function MaxPool2d.from_config(config) return MaxPool2d(config.size, Pooling.given(config)) end

return MaxPool2d
