--- `ae.data`: data sets from files and tensors, and what prepares them.
local core = require "aelua.core"
local Dataset = require "aelua.data.dataset"
local errors = require "aelua.base.errors"
local names = require "aelua.base.names"

local M = {
  Dataset = Dataset,
  MinMaxScaler = require "aelua.data.minmax_scaler",
  StandardScaler = require "aelua.data.standard_scaler",
}

--- A data set of what may stand for one: a data set, a tensor [N, ...], or a table
--- of named tensors.
---@param value any
---@return aelua.Dataset
function M.dataset(value)
  if Dataset.is(value) then return value end
  if core.is_tensor(value) or (type(value) == "table" and getmetatable(value) == nil and #value == 0) then
    return Dataset { input = value }
  end
  return errors.raise("type", ("data: wanted a data set, a tensor or named tensors, got %s"):format(type(value)), 2)
end

-- The tensor that a pair's side stands for.
local function side(who, value)
  if not Dataset.is(value) then return value end
  errors.check(#value.fns == 0, "unsupported", "data.pairs: the %s has a map", who)
  return value:tensor()
end

--- Samples with targets of their own, such as noisy and clean pictures.
---@param input any a tensor [N, ...], named tensors or a data set
---@param target any likewise, with as many samples
---@return aelua.Dataset
function M.pairs(input, target)
  errors.check(target ~= nil, "invalid", "data.pairs wants input and target")
  return Dataset { input = side("input", input), target = side("target", target),
    label = Dataset.is(input) and input:labels() or nil, classes = Dataset.is(input) and input.classes or nil }
end

--- A data set of tensors: { input =, target =, label =, classes = }.
---@param fields aelua.Fields
---@return aelua.Dataset
function M.tensors(fields)
  errors.check(type(fields) == "table", "invalid", "data.tensors wants a table, got %s", type(fields))
  local known = { input = true, target = true, label = true, classes = true }
  for name in pairs(fields) do
    errors.check(known[name], "invalid", "data.tensors has no field '%s'%s", tostring(name), names.hint(name, known))
  end
  return Dataset(fields)
end

--- Loads data and finds out by itself what it is: a folder of IDX files (plain or
--- gzipped), one IDX or NPY file, a CSV or white-space table, "digits" (the
--- embedded sample), a tensor or a data set.
---@param source string|userdata|aelua.Dataset
---@param given? { delimiter?: string, decimal?: string, header?: boolean, label?: integer|string|false, dtype?: string }
--- of a text table: label is a column's number (from the end if negative) or name.
---@return aelua.Dataset train
---@return aelua.Dataset? test
function M.load(source, given)
  if type(source) ~= "string" then
    errors.check(given == nil, "invalid", "data.load: options go with a path")
    return M.dataset(source)
  end
  return require("aelua.data.load").path(source, given)
end

local scalers = { MinMaxScaler = M.MinMaxScaler, StandardScaler = M.StandardScaler }

M.scaler = {
  --- A scaler from what `config()` gave.
  ---@param config table
  ---@return aelua.Scaler
  from_config = function(config)
    local class = type(config) == "table" and scalers[config.kind]
    errors.check(class, "format", "data: unknown scaler '%s'", tostring(type(config) == "table" and config.kind))
    return class({ per = config.per }):restore(config)
  end,
}

return names.strict(M, "data")
