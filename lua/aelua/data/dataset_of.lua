--- What stands for a data set, as one.
local core = require "aelua.core"
local Dataset = require "aelua.data.dataset"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"

--- A data set of a data set, a tensor [N, ...], or a table of named ones.
---@param value any
---@return aelua.Dataset
return function(value, ...)
  options.no_more("data.dataset", "one value; targets and labels go into data.tensors", ...)
  if Dataset.is(value) then return value end
  if core.is_tensor(value) or (type(value) == "table" and getmetatable(value) == nil and next(value) ~= nil) then
    return Dataset { input = value }
  end
  local hint = type(value) == "string" and "; a path is read by data.load" or ""
  return errors.raise("type", ("data: wants a data set, a tensor [N, ...] or a table of named ones, got %s%s"):format(
    value == nil and "nothing" or type(value), hint), 2)
end
