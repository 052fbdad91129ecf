--- Pictures enlarged by whole factors, by repeating ("nearest") or between neighbours
--- ("bilinear"); where its conventions are: the operation upsample.
---   x [N, H, W, C]   ->   y [N, H * factor, W * factor, C]
---
---   nn.UpSampling2d({ 2, 3 }, { mode = "bilinear" })
local AvgPool2d = require "aelua.nn.avg_pool2d"
local UpSampling = require "aelua.nn.up_sampling"
local Pooling = require "aelua.nn.pooling"

---@class aelua.UpSampling2d: aelua.UpSampling
local UpSampling2d = UpSampling:extend("UpSampling2d")
UpSampling2d.transparent = UpSampling2d
UpSampling2d.sides = 2
Pooling.back[2].up = UpSampling2d

function UpSampling2d.from_config(config)
  return UpSampling2d(config.factor, { mode = config.mode, align_corners = config.align_corners })
end

--- The mean of what every element became.
function UpSampling2d:mirror() return AvgPool2d(self.factor) end

return UpSampling2d
