--- The largest element of every window along a signal, for each channel.
---   x [N, T, C]   ->   y [N, P, C]
---
---   nn.MaxPool1d(2)
---   nn.MaxPool1d(3, { stride = 2, padding = "same" })
local core = require "aelua.core"
local Pooling = require "aelua.nn.pooling"

---@class aelua.MaxPool1d: aelua.Pooling
local MaxPool1d = Pooling:extend("MaxPool1d")
MaxPool1d.transparent = MaxPool1d
MaxPool1d.sides = 1
MaxPool1d.op = core.ops.max_pool1d

function MaxPool1d.from_config(config) return MaxPool1d(config.size, Pooling.given(config)) end

return MaxPool1d
