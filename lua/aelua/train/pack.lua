--- A nested table of numbers, strings, booleans and tensors as what files hold:
--- a table for JSON, in which each tensor is a reference, and the tensors by
--- name. Used for the state of a run; never for code.
local core = require "aelua.core"
local errors = require "aelua.base.errors"

local M = {}

local exact = 2 ^ 53

local function pack(value, path, tensors)
  local kind = type(value)
  if core.is_tensor(value) then
    tensors[path] = value
    return { ["$tensor"] = path }
  elseif kind == "number" then
    if math.type(value) == "integer" and (value > exact or value < -exact) then
      return { ["$integer"] = tostring(value) }
    end
    if value ~= value or value == math.huge or value == -math.huge then
      return { ["$real"] = value ~= value and "nan" or value > 0 and "inf" or "-inf" }
    end
    return value
  elseif kind == "table" then
    local pairs_list = {}
    for key in pairs(value) do pairs_list[#pairs_list + 1] = key end
    table.sort(pairs_list, function(a, b)
      if type(a) == type(b) then return a < b end
      return type(a) == "number"
    end)
    local packed = {}
    for i, key in ipairs(pairs_list) do
      packed[i] = { key, pack(value[key], path .. "." .. tostring(key), tensors) }
    end
    return { ["$table"] = packed }
  end
  errors.check(kind == "string" or kind == "boolean", "invalid", "state: %s is a %s, which no file keeps", path, kind)
  return value
end

local reals = { nan = 0 / 0, inf = math.huge, ["-inf"] = -math.huge }

local function unpack(value, tensors)
  if type(value) ~= "table" then return value end
  if value["$integer"] then return math.tointeger(tonumber(value["$integer"])) end
  if value["$real"] then return reals[value["$real"]] end
  if value["$tensor"] then
    local name = tostring(value["$tensor"])
    return errors.check(tensors[name], "format", "state: tensor '%s' is missing", name)
  end
  errors.check(type(value["$table"]) == "table", "format", "state: a table without its entries")
  local result = {}
  for _, entry in ipairs(value["$table"]) do
    local key = type(entry) == "table" and entry[1]
    errors.check(type(key) == "string" or type(key) == "number", "format", "state: an entry without its name")
    if math.type(key) == "float" and key % 1 == 0 then key = math.tointeger(key) end
    result[key] = unpack(entry[2], tensors)
  end
  return result
end

--- @param value table
--- @param name string what the tensors' names begin with
--- @return table json
--- @return table<string, userdata> tensors
function M.pack(value, name)
  local tensors = {}
  return pack(value, name, tensors), tensors
end

--- What `pack` was given. Errors: format.
function M.unpack(json, tensors) return unpack(json, tensors) end

return M
