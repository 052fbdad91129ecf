--- Channels to pixels: y[h * block + i, w * block + j, c] is x[h, w, (i * block + j) * C + c].
---   x [N, H, W, block * block * C]   ->   y [N, H * block, W * block, C]
---
---   nn.Sequential { nn.Conv2d(3 * 2 * 2, 3, { padding = "same" }), nn.PixelShuffle(2) }
---
--- The order of channels is TensorFlow's (depth_to_space); PyTorch's has c first.
--- Shi et al. 2016.
local core = require "aelua.core"
local Shuffle = require "aelua.nn.shuffle"
local PixelUnshuffle = require "aelua.nn.pixel_unshuffle"

---@class aelua.PixelShuffle: aelua.Shuffle
local PixelShuffle = Shuffle:extend("PixelShuffle")
PixelShuffle.transparent = PixelShuffle
PixelShuffle.op = core.ops.depth_to_space
PixelUnshuffle.Back = PixelShuffle

function PixelShuffle.from_config(config) return PixelShuffle(config.block) end

function PixelShuffle:mirror() return PixelUnshuffle(self.block) end

return PixelShuffle
