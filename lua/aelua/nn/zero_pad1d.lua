--- A border of zeros around every signal.
---
---   nn.ZeroPad1d(2), nn.ZeroPad1d { 0, 1 }
local Border = require "aelua.nn.border"
local Crop1d = require "aelua.nn.crop1d"
local Pooling = require "aelua.nn.pooling"

---@class aelua.ZeroPad1d: aelua.Border
local ZeroPad1d = Border:extend("ZeroPad1d")
ZeroPad1d.transparent = ZeroPad1d
ZeroPad1d.sides = 1
Pooling.back[1].pad = ZeroPad1d
ZeroPad1d.operation = "pad"
Crop1d.Pad = ZeroPad1d

function ZeroPad1d.from_config(config) return ZeroPad1d(config.border) end

function ZeroPad1d:mirror() return Crop1d(self.border) end

return ZeroPad1d
