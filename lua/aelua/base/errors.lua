--- Errors as values: a table with `code` and `message` that prints as its
--- message with the position of the caller.
local core = require "aelua.core"

local M = {}

--- Raises an error value.
---@param code "invalid"|"shape"|"type"|"overflow"|"memory"|"io"|"format"|"state"|"unsupported"|"callback"
---@param message string says the operation, what it wanted and what came
---@param level? integer whose position is named, as in `error`; default 1: the caller of raise
function M.raise(code, message, level)
  core.raise(code, message, (level or 1) + 1) -- no tail call, which would hide a level
end

--- Raises unless `condition` holds.
---@param condition any
---@param code string as in `raise`
---@param format string for string.format, with the further arguments
function M.check(condition, code, format, ...)
  if not condition then M.raise(code, format:format(...), 2) end
  return condition
end

--- What a value is, for messages: "a Dataset" of an object, "a class Dense; call it:
--- Dense(...)" of what an object was meant to be made of, else its type.
---@param value any
---@return string
function M.kind(value)
  local class = type(value) == "table" and getmetatable(value)
  local name = core.is_tensor(value) and "tensor" or class and (class.__name or "table with a metatable")
  if not name then return type(value) end
  local made_by = class and rawget(value, "__index") == value and rawget(value, "class_name")
  return (name:find("^[AEIOU]") and "an " or "a ") .. name .. (made_by and ("; call it: %s(...)"):format(made_by) or "")
end

--- A value as messages show it: numbers, texts and booleans themselves, of others the kind.
---@param value any
---@return string
function M.shown(value)
  local kind = type(value)
  return (kind == "table" or kind == "function" or kind == "userdata" or kind == "thread") and M.kind(value) or tostring(value)
end

return M
