--- One reading of a tensor's rows in an order.
local class = require "aelua.base.class"
local core = require "aelua.core"

local ops = core.ops

---@class aelua.TensorReading: aelua.Class
---@field tensor aelua.Tensor
---@field order aelua.Tensor [n] i32
local TensorReading = class("TensorReading")

function TensorReading:init(tensor, order) self.tensor, self.order = tensor, core.keep(order) end

function TensorReading:take(first, n)
  local places = ops.narrow(self.order, 1, first, n)
  local batch = ops.gather_scaled(self.tensor, places)
  places:free()
  return batch
end

-- Nothing has been prepared.
function TensorReading.close() end

return TensorReading
