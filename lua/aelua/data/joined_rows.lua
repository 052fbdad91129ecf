--- Rows of several parts, one part after the other; they stay where they are. They
--- answer what those of a tensor do (tensor_rows.lua).
local class = require "aelua.base.class"
local core = require "aelua.core"
local JoinedReading = require "aelua.data.joined_reading"
local SelectedRows = require "aelua.data.selected_rows"

local ops = core.ops

---@class aelua.JoinedRows: aelua.Class
---@field parts table[] rows
---@field ends integer[] how many rows the parts up to each have together
---@field shape integer[]
---@field dtype string the parts', where they have one, else that of batches
---@operator len: integer
local JoinedRows = class("JoinedRows")

---@param parts table[] rows of one shape, and of one type in batches
function JoinedRows:init(parts)
  self.parts, self.ends, self.shape, self.dtype = parts, {}, parts[1].shape, parts[1].dtype
  for i, part in ipairs(parts) do
    self.ends[i] = (self.ends[i - 1] or 0) + #part
    if part.dtype ~= self.dtype then self.dtype = core.real end
  end
end

function JoinedRows:__len() return self.ends[#self.ends] end

--- Places by part: of each the list of those in it, as it counts them, and the part of every place.
---@param places aelua.Tensor [n] i32
---@return integer[][] lists
---@return integer[] part_of
function JoinedRows:sort(places)
  local lists, part_of = {}, {}
  for part = 1, #self.parts do lists[part] = {} end
  for i, place in ipairs(places:totable()) do
    local part = 1
    while place > self.ends[part] do part = part + 1 end
    local list = lists[part]
    list[#list + 1], part_of[i] = place - (self.ends[part - 1] or 0), part
  end
  return lists, part_of
end

--- What fn(part, places) gives of every part that has some of the places, [n, ...], as one tensor in their order.
---@param places aelua.Tensor [n] i32
---@param fn fun(part: integer, places: aelua.Tensor): aelua.Tensor
---@return aelua.Tensor
function JoinedRows:gather(places, fn)
  local lists, part_of = self:sort(places)
  local rows, next_at, total = {}, {}, 0
  for part, list in ipairs(lists) do
    next_at[part], total = total, total + #list
    if #list > 0 then rows[#rows + 1] = fn(part, core.tensor(list, { dtype = "i32" })) end
  end
  if #rows == 1 then return rows[1] end
  for i, part in ipairs(part_of) do
    next_at[part] = next_at[part] + 1
    part_of[i] = next_at[part]
  end
  return ops.index(ops.concat(rows), core.tensor(part_of, { dtype = "i32" }))
end

local function all(self) return ops.arange(1, #self + 1, { dtype = "i32" }) end

function JoinedRows:stored(places)
  return self:gather(places or all(self), function(part, own)
    local rows = self.parts[part]
    return rows.dtype == self.dtype and rows:stored(own) or rows:scaled(own)
  end)
end

function JoinedRows:scaled(places)
  return self:gather(places or all(self), function(part, own) return self.parts[part]:scaled(own) end)
end

function JoinedRows:select(places) return SelectedRows(self, places) end

function JoinedRows:narrow(first, count)
  return self:select(ops.arange(first, first + count, { dtype = "i32" }))
end

function JoinedRows:open(order) return JoinedReading(self, order) end

--- The sums of the parts'; kept, where each is.
function JoinedRows:info()
  local sum = { samples = 0, bytes = 0, held = 0, decoded = 0, kept = true, skipped = {} }
  for _, part in ipairs(self.parts) do
    local info = part:info()
    for _, name in ipairs { "samples", "bytes", "held", "decoded" } do sum[name] = sum[name] + info[name] end
    sum.kept = sum.kept and info.kept
    table.move(info.skipped, 1, #info.skipped, #sum.skipped + 1, sum.skipped)
  end
  return sum
end

function JoinedRows:paths(places)
  local lists, part_of = self:sort(places or all(self))
  local paths, used, result = {}, {}, {}
  for part, list in ipairs(lists) do
    paths[part], used[part] = #list > 0 and self.parts[part]:paths(core.tensor(list, { dtype = "i32" })), 0
  end
  for i, part in ipairs(part_of) do
    used[part] = used[part] + 1
    result[i] = paths[part][used[part]]
  end
  return result
end

return JoinedRows
