--- One reading of pictures in an order: what `PictureRows:open` gives. The thread
--- begins with the first batch, goes on from wherever the next one is taken, and
--- ends with the last or with close().
local class = require "aelua.base.class"
local core = require "aelua.core"

local ops = core.ops

---@class aelua.PictureReading: aelua.Class
---@field source aelua.PictureSource
---@field order aelua.Tensor [n] i32, numbers of files
---@field stream? userdata
---@field next? integer the place in the order that the stream gives next
---@field ring integer
local PictureReading = class("PictureReading")

function PictureReading:init(source, order)
  self.source, self.order, self.ring = source, core.keep(order), 0
  local _, held = source.pictures:counts()
  self.complete = source.kept ~= nil and held == #source.names
end

function PictureReading:close()
  if self.stream then self.stream:close() end
  self.stream, self.slots, self.next = nil, nil, nil
end

PictureReading.__close = PictureReading.close

local function begin(self, first, n)
  self:close()
  local rest = ops.narrow(self.order, 1, first, #self.order - first + 1)
  self.ring = math.min(n * self.source.ahead, #rest)
  self.stream = self.source.pictures:ahead(rest, self.ring)
  self.slots, self.next = core.keep(self.stream:slots()), first
end

--- Calls fn with the rows that stand from `first` on in the order, as places [n]
--- in a tensor of slots; they stay there until fn returns.
---@param first integer
---@param n integer
---@param fn fun(slots: aelua.Tensor, at: aelua.Tensor): any
function PictureReading:with(first, n, fn)
  if self.complete then return fn(self.source.kept.tensor, ops.narrow(self.order, 1, first, n)) end
  if self.next ~= first or n > self.ring then begin(self, first, n) end
  local at = self.stream:take(n)
  local result = fn(self.slots, at)
  at:free()
  self.stream:pass(n)
  self.next = first + n
  if self.next > #self.order then self:close() end
  return result
end

function PictureReading:take(first, n) return self:with(first, n, ops.gather_scaled) end

return PictureReading
