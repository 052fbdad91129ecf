--- Some rows of others, in an order of their own; they stay where they are. They
--- answer what those of a tensor do (tensor_rows.lua).
local class = require "aelua.base.class"
local core = require "aelua.core"

local ops = core.ops

---@class aelua.SelectedRows: aelua.Class
---@field rows table
---@field places aelua.Tensor [n] i32
---@field shape integer[]
---@field dtype string
---@operator len: integer
local SelectedRows = class("SelectedRows")

function SelectedRows:init(rows, places)
  self.rows, self.places, self.shape, self.dtype = rows, core.keep(places), rows.shape, rows.dtype
end

function SelectedRows:__len() return #self.places end

local function inner(self, places) return places and ops.index(self.places, places) or self.places end

function SelectedRows:stored(places) return self.rows:stored(inner(self, places)) end

function SelectedRows:scaled(places) return self.rows:scaled(inner(self, places)) end

function SelectedRows:select(places) return SelectedRows(self.rows, inner(self, places)) end

function SelectedRows:narrow(first, count)
  return SelectedRows(self.rows, ops.narrow(self.places, 1, first, count))
end

function SelectedRows:open(order) return self.rows:open(inner(self, order)) end

function SelectedRows:info() return self.rows:info() end

function SelectedRows:paths(places) return self.rows:paths(inner(self, places)) end

return SelectedRows
