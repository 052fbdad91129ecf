--- What a training run measured, as `fit` returns it: one row per epoch.
---
---   local history = model:fit(train, { epochs = 20, validation = test })
---   print(history:last().val_loss, math.min(table.unpack(history:column("val_loss"))))
---   for _, row in ipairs(history.epochs) do print(row.epoch, row.loss) end
local class = require "aelua.base.class"

---@class aelua.History: aelua.Class
---@field epochs table<string, number>[] rows: epoch, loss, further terms, val_loss, ..., lr, seconds
---@field columns string[] names in the order they first appeared
---@field interrupted boolean Ctrl-C ended the run
---@field stopped string? why a callback ended it
---@field warnings string[] what was wrong without being an error
local History = class("History")

function History:init()
  self.epochs, self.columns, self.warnings, self.interrupted = {}, {}, {}, false
  self.seen = {}
end

--- Appends a row. `order` lists its names as they should be shown.
---@param row table<string, number>
---@param order string[]
function History:add(row, order)
  for _, name in ipairs(order) do
    if not self.seen[name] then
      self.seen[name] = true
      self.columns[#self.columns + 1] = name
    end
  end
  self.epochs[#self.epochs + 1] = row
end

--- All values of one column, oldest first: history:column("val_loss").
---@param name string
---@return number[]
function History:column(name)
  local values = {}
  for i, row in ipairs(self.epochs) do values[i] = row[name] end
  return values
end

--- The row of the last epoch; nil before there is one.
---@return table<string, number>? row
function History:last() return self.epochs[#self.epochs] end

-- "History of 20 epochs: epoch 20, loss 0.0123, lr 0.001, seconds 0.12": the last row.
function History:__tostring()
  local row, parts = self:last(), {}
  if not row then return "History of 0 epochs" end
  for _, name in ipairs(self.columns) do
    local value = row[name]
    if math.type(value) == "float" then value = ("%.4g"):format(value) end
    if value ~= nil then parts[#parts + 1] = name .. " " .. value end
  end
  local n = #self.epochs
  return ("History of %d epoch%s: %s"):format(n, n == 1 and "" or "s", table.concat(parts, ", "))
end

---@return table
function History:state()
  local epochs = {}
  for i, row in ipairs(self.epochs) do
    local copy = {}
    for key, value in pairs(row) do copy[key] = value end
    epochs[i] = copy
  end
  local function copy(list) return table.move(list, 1, #list, 1, {}) end
  return { epochs = epochs, columns = copy(self.columns), warnings = copy(self.warnings) }
end

---@param state table what `state` gave
function History:load_state(state)
  self.epochs, self.columns, self.warnings, self.seen = state.epochs, state.columns, state.warnings or {}, {}
  for _, name in ipairs(self.columns) do self.seen[name] = true end
end

return History
