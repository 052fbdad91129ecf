--- Tensors whose elements are known to lie in 0..1, since they are bytes, k/255: what
--- wants data of that range need not look through them.
local core = require "aelua.core"
local shapes = require "aelua.base.shapes"

local ops = core.ops

local M = {}

local known = setmetatable({}, { __mode = "k" })

--- Marks a tensor, or each of a table of named ones.
---@generic T
---@param value T
---@return T value
function M.mark(value)
  if core.is_tensor(value) then
    known[value] = true
  else
    for _, one in pairs(value) do known[one] = true end
  end
  return value
end

--- The smallest and the largest element, in one pass; nil where there are none, or
--- the tensor is marked.
---@param t aelua.Tensor
---@return number?
---@return number?
function M.range(t)
  if known[t] or shapes.count(t.shape) == 0 then return nil end
  if t.dtype ~= core.real then return ops.min(t):item(), ops.max(t):item() end
  return table.unpack(ops.extremes(t):totable())
end

return M
