--- What an option names, with options of its own: "huber", or
--- { "huber", delta = 0.5 }; in files { name = "huber", delta = 0.5 }.
local errors = require "aelua.base.errors"
local names = require "aelua.base.names"

local M = {}

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
    local given = type(name) == "string" and "'" .. name .. "'" or type(name)
    errors.raise("invalid", ("%s: no %s %s%s%s"):format(who, what, given, names.hint(name, known), hint or ""), 4)
  end
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
