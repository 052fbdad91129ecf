--- One reading of joined rows in an order: a reading of each part, in the order of
--- its rows among the others'.
local class = require "aelua.base.class"
local core = require "aelua.core"

local ops = core.ops

---@class aelua.JoinedReading: aelua.Class
---@field rows aelua.JoinedRows
---@field order aelua.Tensor [n] i32
---@field readings table[] of the parts
---@field next? integer the place in the order that comes next; nil: not known
---@field taken integer[] rows of each part that come before it
local JoinedReading = class("JoinedReading")

function JoinedReading:init(rows, order)
  self.rows, self.order, self.readings = rows, core.keep(order), {}
  for part, list in ipairs((rows:sort(order))) do
    self.readings[part] = rows.parts[part]:open(core.tensor(list, { dtype = "i32" }))
  end
end

local function go_to(self, first)
  self.taken = {}
  for part, list in ipairs((self.rows:sort(ops.narrow(self.order, 1, 1, first - 1)))) do self.taken[part] = #list end
end

function JoinedReading:take(first, n)
  if self.next ~= first then go_to(self, first) end
  self.next = nil -- where a part fails, others have gone on
  local batch = self.rows:gather(ops.narrow(self.order, 1, first, n), function(part, own)
    local before = self.taken[part]
    self.taken[part] = before + #own
    return self.readings[part]:take(before + 1, #own)
  end)
  self.next = first + n
  return batch
end

function JoinedReading:close()
  for _, reading in ipairs(self.readings) do reading:close() end
end

return JoinedReading
