--- The border of every picture taken off.
---
---   nn.Crop2d(2), nn.Crop2d { 0, 1, 0, 1 }
local Border = require "aelua.nn.border"
local Pooling = require "aelua.nn.pooling"

---@class aelua.Crop2d: aelua.Border
local Crop2d = Border:extend("Crop2d")
Crop2d.transparent = Crop2d
Crop2d.sides = 2
Pooling.back[2].crop = Crop2d
Crop2d.operation = "crop"
Crop2d.rearranges = true

function Crop2d.from_config(config) return Crop2d(config.border) end

function Crop2d:mirror() return Crop2d.Pad(self.border) end

return Crop2d
