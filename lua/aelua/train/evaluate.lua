--- The mean loss, terms and metrics of a model over a data set: no gradients,
--- evaluation mode, which is put back afterwards.
local core = require "aelua.core"
local metrics = require "aelua.train.metrics"

local M = {}

--- A running mean of named values, weighted by samples.
---@class aelua.Means
local Means = {}
Means.__index = Means

function M.means() return setmetatable({ sums = {}, values = {}, names = {}, count = 0 }, Means) end

local function number(value) return type(value) == "number" and value or value:item() end

--- The same table with a number for every scalar tensor.
---@param values table<string, number|userdata>
---@return table<string, number>
function M.numbers(values)
  local result = {}
  for name, value in pairs(values) do result[name] = number(value) end
  return result
end

--- Adds one named value of a batch of `n` samples: a number or a scalar tensor.
function Means:add(name, value, n)
  if not self.sums[name] then
    self.sums[name] = 0.0
    self.names[#self.names + 1] = name
  end
  self.sums[name] = self.sums[name] + number(value) * n
end

--- Adds the loss and its terms, in a stable order.
function Means:add_losses(total, terms, n)
  self:add("loss", total, n)
  if terms then
    local order = {}
    for name in pairs(terms) do order[#order + 1] = name end
    table.sort(order)
    for _, name in ipairs(order) do self:add(name, terms[name], n) end
  end
  self.count = self.count + n
end

--- Adds the metrics of one batch.
---@param prediction? userdata nil: the model gave none
function Means:add_metrics(list, prediction, target, n)
  if not prediction then return end
  for _, metric in ipairs(list) do self:add(metric.name, metrics.value(metric, prediction, target), n) end
end

--- Takes values that are no means of batches, in a stable order.
---@param values? table<string, number>
function Means:set(values)
  local order = {}
  for name in pairs(values or {}) do order[#order + 1] = name end
  table.sort(order)
  for _, name in ipairs(order) do
    if not self.sums[name] and not self.values[name] then self.names[#self.names + 1] = name end
    self.values[name] = values[name]
  end
end

--- Writes the means into `row` under `prefix .. name`; appends the names to `order`.
function Means:write(row, order, prefix)
  for _, name in ipairs(self.names) do
    row[prefix .. name] = self.values[name] or self.sums[name] / self.count
    order[#order + 1] = prefix .. name
  end
end

--- How many samples a batch has.
---@param batch table
---@return integer
function M.samples(batch)
  local input = batch.input
  if not core.is_tensor(input) then input = select(2, next(input)) end
  return #input
end

local function add_batch(model, batch, list, means)
  local n = M.samples(batch)
  local total, terms, prediction = model:losses(batch, #list > 0)
  local value = number(total)
  means:add_losses(value, terms, n)
  means:add_metrics(list, prediction, batch.target or batch.input, n)
  return value
end

local function pass(model, set, batch_size, list, ends)
  local means = M.means()
  for batch in set:batches { size = math.min(batch_size, #set), training = false } do
    local value = core.scope(add_batch, model, batch, list, means)
    local ended = ends and ends(batch, value)
    if batch.release then batch:release() end
    if ended then break end
  end
  return means
end

--- Runs `fn(...)` in evaluation mode and without gradients; the mode comes back
--- whatever happens.
function M.quietly(model, fn, ...)
  if model.quietly then return model:quietly(fn, ...) end
  local training = model.training
  model:eval()
  local results = table.pack(pcall(core.no_grad, fn, ...))
  if training then model:train() end
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

--- The means over `set`.
---@param model table see fit.lua for what a model answers
---@param set table a data set
---@param batch_size integer
---@param list aelua.Metric[]
---@param ends? fun(batch: table, loss: number): boolean asked after every batch; the means are then those so far
---@return aelua.Means
function M.run(model, set, batch_size, list, ends)
  if not model.begin_pass then return M.quietly(model, pass, model, set, batch_size, list, ends) end
  model:begin_pass()
  local ok, means = pcall(M.quietly, model, pass, model, set, batch_size, list, ends)
  local values = model:end_pass()
  if not ok then error(means, 0) end
  means:set(values)
  return means
end

return M
