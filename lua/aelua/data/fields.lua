--- Fields of a data set, its inputs and its targets: rows (tensor_rows.lua), or a
--- table of named ones.
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local JoinedRows = require "aelua.data.joined_rows"
local TensorRows = require "aelua.data.tensor_rows"
local unit = require "aelua.base.unit"

local M = {}

local function is_rows(value) return type(value) == "table" and getmetatable(value) ~= nil and value.open ~= nil end

local function check_count(who, what, n, count)
  errors.check(not count or n == count, "shape", "%s: %s has %d samples, wanted %s", who, what, n, count)
  return n
end

--- A field of rows, of a tensor [N, ...] or of a table of named ones.
---@param who string how messages begin
---@param what string the field
---@param value any
---@param count? integer how many samples are wanted
---@return table field
---@return integer count
function M.of(who, what, value, count)
  if is_rows(value) then return value, check_count(who, what, #value, count) end
  if core.is_tensor(value) then
    errors.check(value.ndim > 0, "shape", "%s: %s wants a tensor [N, ...], got a single number", who, what)
    return TensorRows(value), check_count(who, what, #value, count)
  end
  errors.check(type(value) == "table" and getmetatable(value) == nil and next(value) ~= nil and #value == 0, "type",
    "%s: %s wants a tensor [N, ...] or a table of named ones, got %s", who, what, type(value))
  local known, field = {}, {}
  for name in pairs(value) do known[#known + 1] = tostring(name) end
  table.sort(known)
  for _, name in ipairs(known) do field[name], count = M.of(who, what .. "." .. name, value[name], count) end
  return field, count
end

--- fn of the rows, or of each of the named ones.
---@param field table
---@param fn function
---@param ... any further arguments of fn
function M.each(field, fn, ...)
  if getmetatable(field) ~= nil then return fn(field, ...) end
  local result = {}
  for name, one in pairs(field) do result[name] = fn(one, ...) end
  return result
end

--- The method of that name, of the rows or of each of the named ones.
---@param field table
---@param method string
---@param ... any its arguments
function M.call(field, method, ...)
  if getmetatable(field) ~= nil then return field[method](field, ...) end
  local result = {}
  for name, one in pairs(field) do result[name] = one[method](one, ...) end
  return result
end

local function take(rows, reading, first, n)
  local taken = reading:take(first, n)
  return rows.dtype == "u8" and unit.mark(taken) or taken
end

--- What a reading of a field gives of the n rows from `first` on in its order.
---@param field table
---@param reading table what the field's `open` gave
---@param first integer
---@param n integer
---@return aelua.Tensor|table<string, aelua.Tensor>
function M.taken(field, reading, first, n)
  if getmetatable(field) ~= nil then return take(field, reading, first, n) end
  local result = {}
  for name, rows in pairs(field) do result[name] = take(rows, reading[name], first, n) end
  return result
end

-- What batches hold of rows that are stored as dtype.
local function in_batches(dtype) return dtype == "i32" and dtype or core.real end

local function join(who, a, b)
  errors.check(in_batches(a.dtype) == in_batches(b.dtype), "type", "%s: samples of %s and of %s", who, a.dtype, b.dtype)
  if TensorRows.is(a) and TensorRows.is(b) and a.dtype == b.dtype then
    return TensorRows(core.ops.concat({ a.tensor, b.tensor }))
  end
  return JoinedRows { a, b }
end

--- The rows of one field and then those of another of the same shape.
---@param who string how messages begin
---@param a table
---@param b table
---@return table
function M.join(who, a, b)
  if getmetatable(a) ~= nil then return join(who, a, b) end
  local result = {}
  for name, rows in pairs(a) do result[name] = join(who, rows, b[name]) end
  return result
end

--- The shape of a sample of a field.
---@param field table
---@return table
function M.shape(field)
  return M.each(field, function(rows) return rows.shape end)
end

return M
