--- Rows of pictures in files, which answer what those of a tensor do
--- (tensor_rows.lua). They are read as they are wanted, by a thread ahead of
--- whoever takes them; where all fit into the memory that they may have, each is
--- read once and kept as u8.
local class = require "aelua.base.class"
local core = require "aelua.core"
local PictureReading = require "aelua.data.picture_reading"
local SelectedRows = require "aelua.data.selected_rows"

local ops = core.ops

---@class aelua.PictureSource
---@field pictures userdata of core.open_pictures, with its form set
---@field folder string
---@field names string[] paths from the folder on
---@field shape integer[] { H, W, C }
---@field kept? aelua.TensorRows all of them, of which those read so far are filled
---@field ahead integer batches that are read before they are wanted
---@field skipped { path: string, message: string }[]

---@class aelua.PictureRows: aelua.Class
---@field source aelua.PictureSource
---@field shape integer[]
---@field dtype "u8"
---@operator len: integer
local PictureRows = class("PictureRows")

function PictureRows:init(source) self.source, self.shape, self.dtype = source, source.shape, "u8" end

function PictureRows:__len() return #self.source.names end

function PictureRows:open(order) return PictureReading(self.source, order) end

function PictureRows:select(places) return SelectedRows(self, places) end

function PictureRows:narrow(first, count)
  return self:select(ops.arange(first, first + count, { dtype = "i32" }))
end

-- How many are read at a time where all are wanted.
local chunk = 64

function PictureRows:stored(places)
  local order, kept = places or ops.arange(1, #self + 1, { dtype = "i32" }), self.source.kept
  local n = #order
  local reading <close> = PictureReading(self.source, order)
  local rows = not kept and ops.zeros({ n, table.unpack(self.shape) }, { dtype = "u8" })
  for first = 1, n, chunk do
    local count = math.min(chunk, n - first + 1)
    reading:with(first, count, function(slots, at)
      if rows then core.scope(function() ops.narrow(rows, 1, first, count):copy_(ops.index(slots, at)) end) end
    end)
  end
  return rows or kept:stored(places)
end

function PictureRows:scaled(places) return ops.scaled(self:stored(places)) end

function PictureRows:info()
  local source = self.source
  local bytes = #source.names * source.shape[1] * source.shape[2] * source.shape[3]
  local decoded, held = source.pictures:counts()
  return {
    folder = source.folder, samples = #source.names, bytes = bytes, kept = source.kept ~= nil, held = held,
    decoded = decoded, skipped = table.move(source.skipped, 1, #source.skipped, 1, {}),
  }
end

function PictureRows:paths(places)
  local source, list = self.source, {}
  for i, number in ipairs(places and places:totable() or {}) do list[i] = source.folder .. "/" .. source.names[number] end
  if not places then
    for i, name in ipairs(source.names) do list[i] = source.folder .. "/" .. name end
  end
  return list
end

return PictureRows
