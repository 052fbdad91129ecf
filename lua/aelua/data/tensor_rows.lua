--- The rows of a tensor [N, ...]: what a data set holds of each of its fields. A
--- data set knows of rows only what stands here, so they need not lie in memory
--- (picture_rows.lua, selected_rows.lua, joined_rows.lua):
---
---   #rows, rows.shape           how many; the shape of one
---   rows.dtype                  of all as they are stored
---   rows:stored(places?)        [n, ...] as they are kept, u8 as u8; without places, all
---   rows:scaled(places?)        [n, ...] as batches have them, u8 as k/255
---   rows:select(places)         rows of these alone, in this order
---   rows:narrow(first, count)
---   rows:open(order)            a reading of them in this order, [m] i32:
---     reading:take(first, n)    those n that stand from `first` on in the order, scaled
---     reading:close()           it is over, or left; another take begins it anew
---   rows:info(), rows:paths(places?)   see Dataset:info and Dataset:paths
local class = require "aelua.base.class"
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local shapes = require "aelua.base.shapes"
local TensorReading = require "aelua.data.tensor_reading"

local ops = core.ops

---@class aelua.TensorRows: aelua.Class
---@field tensor aelua.Tensor
---@field shape integer[]
---@field dtype string
---@operator len: integer
local TensorRows = class("TensorRows")

-- Tensors of a data set outlive the scope that made them and are no part of a graph.
function TensorRows:init(tensor)
  if tensor.requires_grad then tensor = tensor:detach() end
  self.tensor, self.shape, self.dtype = core.keep(tensor), shapes.of_sample(tensor), tensor.dtype
end

function TensorRows:__len() return #self.tensor end

function TensorRows:stored(places) return places and ops.index(self.tensor, places) or self.tensor end

function TensorRows:scaled(places)
  return places and ops.gather_scaled(self.tensor, places) or ops.scaled(self.tensor)
end

function TensorRows:select(places) return TensorRows(ops.index(self.tensor, places)) end

function TensorRows:narrow(first, count) return TensorRows(ops.narrow(self.tensor, 1, first, count)) end

function TensorRows:info()
  local count = #self.tensor
  local size = tonumber(self.tensor.dtype:match("%d+")) // 8
  return {
    samples = count, bytes = count * shapes.count(self.shape) * size, kept = true, held = count, decoded = 0, skipped = {},
  }
end

function TensorRows.paths()
  errors.raise("state", "Dataset:paths: this data set is not made of files", 3)
end

function TensorRows:open(order) return TensorReading(self.tensor, order) end

return TensorRows
