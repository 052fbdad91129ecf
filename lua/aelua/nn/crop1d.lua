--- The border of every signal taken off.
---
---   nn.Crop1d(2), nn.Crop1d { 0, 1 }
local Border = require "aelua.nn.border"
local Pooling = require "aelua.nn.pooling"

---@class aelua.Crop1d: aelua.Border
local Crop1d = Border:extend("Crop1d")
Crop1d.transparent = Crop1d
Crop1d.sides = 1
Pooling.back[1].crop = Crop1d
Crop1d.operation = "crop"
Crop1d.rearranges = true

function Crop1d.from_config(config) return Crop1d(config.border) end

function Crop1d:mirror() return Crop1d.Pad(self.border) end

return Crop1d
