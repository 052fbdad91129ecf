--- A transposed convolution of signals with the weight of a convolution and a bias
--- of its own; it gives the size of that one's input back:
---   y = activation(conv_transpose(f^-1(x), W) + c), W that of `source`, c its own
--- Stride, dilation and groups are source's. f^-1 is the inverse of source's activation
--- where `inverse_activation` is set, else the identity. The weight stays source's
--- parameter: it is counted, saved, frozen and penalised there.
---
---   local conv = nn.Conv1d(32, 3, { stride = 2, padding = "same", activation = "relu" })
---   local back = nn.TiedConvTranspose1d(conv, "sigmoid")
local core = require "aelua.core"
local Conv1d = require "aelua.nn.conv1d"
local TiedTransposed = require "aelua.nn.tied_transposed"
local Weighted = require "aelua.nn.weighted"

---@class aelua.TiedConvTranspose1d: aelua.TiedTransposed
local TiedConvTranspose1d = TiedTransposed:extend("TiedConvTranspose1d")
TiedConvTranspose1d.transparent = TiedConvTranspose1d
TiedConvTranspose1d.sides = 1
TiedConvTranspose1d.op = core.ops.conv_transpose1d
TiedConvTranspose1d.Source = Conv1d
Conv1d.Tied = TiedConvTranspose1d

function TiedConvTranspose1d.from_config(config, reader)
  return TiedConvTranspose1d(reader:find(config.source), Weighted.given(config, reader, "source"))
end

return TiedConvTranspose1d
