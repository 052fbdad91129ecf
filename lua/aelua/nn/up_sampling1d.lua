--- Signals enlarged by whole factors, by repeating ("nearest") or between neighbours
--- ("bilinear"); where its conventions are: the operation upsample.
---   x [N, T, C]   ->   y [N, T * factor, C]
---
---   nn.UpSampling1d(2)
local AvgPool1d = require "aelua.nn.avg_pool1d"
local UpSampling = require "aelua.nn.up_sampling"
local Pooling = require "aelua.nn.pooling"

---@class aelua.UpSampling1d: aelua.UpSampling
local UpSampling1d = UpSampling:extend("UpSampling1d")
UpSampling1d.transparent = UpSampling1d
UpSampling1d.sides = 1
Pooling.back[1].up = UpSampling1d

function UpSampling1d.from_config(config)
  return UpSampling1d(config.factor, { mode = config.mode, align_corners = config.align_corners })
end

--- The mean of what every element became.
function UpSampling1d:mirror() return AvgPool1d(self.factor) end

return UpSampling1d
