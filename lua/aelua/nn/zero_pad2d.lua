--- A border of zeros around every picture.
---
---   nn.ZeroPad2d(2), nn.ZeroPad2d { 0, 1, 0, 1 }
local Border = require "aelua.nn.border"
local Crop2d = require "aelua.nn.crop2d"
local Pooling = require "aelua.nn.pooling"

---@class aelua.ZeroPad2d: aelua.Border
local ZeroPad2d = Border:extend("ZeroPad2d")
ZeroPad2d.transparent = ZeroPad2d
ZeroPad2d.sides = 2
Pooling.back[2].pad = ZeroPad2d
ZeroPad2d.operation = "pad"
Crop2d.Pad = ZeroPad2d

function ZeroPad2d.from_config(config) return ZeroPad2d(config.border) end

function ZeroPad2d:mirror() return Crop2d(self.border) end

return ZeroPad2d
