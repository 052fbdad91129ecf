--- Pixels to channels, the inverse of PixelShuffle.
---   x [N, H, W, C]   ->   y [N, H / block, W / block, block * block * C]
---
---   nn.PixelUnshuffle(2)
local core = require "aelua.core"
local Shuffle = require "aelua.nn.shuffle"

---@class aelua.PixelUnshuffle: aelua.Shuffle
local PixelUnshuffle = Shuffle:extend("PixelUnshuffle")
PixelUnshuffle.transparent = PixelUnshuffle
PixelUnshuffle.op = core.ops.space_to_depth

function PixelUnshuffle.from_config(config) return PixelUnshuffle(config.block) end

function PixelUnshuffle:mirror() return PixelUnshuffle.Back(self.block) end

return PixelUnshuffle
