--- What an option names, with options of its own: "huber", or
--- { "huber", delta = 0.5 }; in files { name = "huber", delta = 0.5 }.
local errors = require "aelua.base.errors"
local names = require "aelua.base.names"

local M = {}

-- { "huber", delta = 0.5 }: a name with what was given as its options, or with some.
local function form(name, given)
  local key, value = nil, nil
  if type(given) == "table" and getmetatable(given) == nil then key, value = next(given) end
  local fits = type(key) == "string" and (type(value) == "number" or type(value) == "string" or type(value) == "boolean")
  local shown = type(value) == "string" and ('"%s"'):format(value) or tostring(value)
  return ('{ "%s", %s = %s }'):format(name, fits and key or "option", fits and shown or "value")
end

--- Raises where something else stands in the list that a name begins: it would be dropped.
---@param who string how messages begin
---@param what string what is named: "loss"
---@param spec table
function M.check_form(who, what, spec)
  for key, value in pairs(spec) do
    errors.check(key == 1 or type(key) == "string", "invalid", "%s: %s wants options beside the name, %s, got %s as value %s",
      who, what, form(spec[1] or spec.name, value), errors.kind(value), errors.shown(key))
  end
end

--- The name and the options.
---@param who string how messages begin
---@param what string what is named: "loss"
---@param spec any
---@param known table<string, any> what there is, by name
---@param hint? string added where there is no such name
---@return string name
---@return table options
function M.split(who, what, spec, known, hint)
  local name, options = spec, {}
  if type(spec) == "table" then
    name = spec[1] or spec.name
    for key, value in pairs(spec) do
      if key ~= 1 and key ~= "name" then options[key] = value end
    end
  end
  if type(name) ~= "string" or rawget(known, name) == nil then
    local given = type(name) == "string" and "'" .. name .. "'" or errors.kind(name == nil and spec or name)
    errors.raise("invalid", ("%s: no %s %s%s%s"):format(who, what, given, names.hint(name, known), hint or ""), 4)
  end
  if type(spec) == "table" then M.check_form(who, what, spec) end
  return name, options
end

--- `spec` as files hold it: the name alone, or with its options.
---@param spec string|table a name, { "huber", delta = 0.5 } or { name = "huber", delta = 0.5 }
---@return string|table
function M.normal(spec)
  if type(spec) == "string" then return spec end
  local options = {}
  for key, value in pairs(spec) do
    if key ~= 1 and key ~= "name" then options[key] = value end
  end
  return M.join(spec[1] or spec.name, options)
end

--- The name alone where there are no options, else what files hold.
---@param name string
---@param options table
---@return string|table
function M.join(name, options)
  if next(options) == nil then return name end
  local spec = { name = name }
  for key, value in pairs(options) do spec[key] = value end
  return spec
end

return M
