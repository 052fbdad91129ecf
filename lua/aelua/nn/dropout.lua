--- In training mode sets each element to 0 with probability `rate` and multiplies
--- the others by 1 / (1 - rate); in evaluation mode does nothing.
local core = require "aelua.core"
local Layer = require "aelua.nn.layer"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"

local dropout = core.ops.dropout

---@class aelua.Dropout: aelua.Layer
---@field rate number
local Dropout = Layer:extend("Dropout")
Dropout.transparent = Dropout
Dropout.regularizes = true

---@param rate number 0 <= rate < 1
function Dropout:init(rate, ...)
  options.no_more(self.class_name, "a rate", ...)
  errors.check(type(rate) == "number" and rate >= 0 and rate < 1, "invalid",
    "%s wants a rate from 0 to below 1, got %s", self.class_name, errors.shown(rate))
  self.rate = rate
end

---@param x aelua.Tensor
---@return aelua.Tensor
function Dropout:forward(x)
  if not self.training or self.rate == 0 then return x end
  return dropout(x, self.rate)
end

function Dropout:config() return { rate = self.rate } end

function Dropout.from_config(config) return Dropout(config.rate) end

return Dropout
