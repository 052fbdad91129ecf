--- A transposed convolution of pictures with the weight of a convolution and a bias
--- of its own; it gives the size of that one's input back:
---   y = activation(conv_transpose(f^-1(x), W) + c), W that of `source`, c its own
--- Stride, dilation and groups are source's. f^-1 is the inverse of source's activation
--- where `inverse_activation` is set, else the identity. The weight stays source's
--- parameter: it is counted, saved, frozen and penalised there.
---
---   local conv = nn.Conv2d(32, 3, { stride = 2, padding = "same", activation = "relu" })
---   local back = nn.TiedConvTranspose2d(conv, "sigmoid")
local core = require "aelua.core"
local Conv2d = require "aelua.nn.conv2d"
local TiedTransposed = require "aelua.nn.tied_transposed"
local Weighted = require "aelua.nn.weighted"

---@class aelua.TiedConvTranspose2d: aelua.TiedTransposed
local TiedConvTranspose2d = TiedTransposed:extend("TiedConvTranspose2d")
TiedConvTranspose2d.transparent = TiedConvTranspose2d
TiedConvTranspose2d.sides = 2
TiedConvTranspose2d.op = core.ops.conv_transpose2d
TiedConvTranspose2d.Source = Conv2d
Conv2d.Tied = TiedConvTranspose2d

function TiedConvTranspose2d.from_config(config, reader)
  return TiedConvTranspose2d(reader:find(config.source), Weighted.given(config, reader, "source"))
end

return TiedConvTranspose2d
