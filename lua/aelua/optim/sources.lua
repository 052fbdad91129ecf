--- What an optimiser is to train, as its array part says it: modules,
--- parameters, and groups of them with options of their own. A module is
--- anything with a method `parameters` that returns a list of tensors in a
--- stable order; `named_parameters`, an iterator of names and tensors, is asked
--- first where there is one.
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"

local M = {}

-- A class has the method too, of objects that it has not made.
local function is_module(value)
  return type(value) == "table" and type(value.parameters) == "function" and rawget(value, "__index") ~= value
end

--- Whether a value is a module or a tensor.
---@param value any
---@return boolean
function M.is_item(value) return core.is_tensor(value) or is_module(value) end

-- Fails on what neither is a module nor a parameter.
local function check_item(who, value, level)
  if M.is_item(value) then return end
  errors.raise("invalid", ("%s: wants modules, parameters or groups of them, got %s"):format(who, errors.shown(value)),
    level + 1)
end

-- Options of a group alone: names that are declared, no defaults.
local function own_options(who, group, declared)
  local checked, own = options.check(who .. " group", group, declared, true), {}
  for name in pairs(group) do
    if type(name) == "string" then own[name] = checked[name] end
  end
  return own
end

---@class aelua.OptimSource one group as it was given
---@field items any[] modules and parameters
---@field options table what differs from the optimiser's own

--- Reads the array part of `given`.
---@param who string
---@param given table
---@param declared table<string, aelua.Option> of a group
---@return aelua.OptimSource[] what stands alone first, then the groups
function M.read(who, given, declared)
  local alone, groups = { items = {}, options = {} }, {}
  for i = 1, #given do
    local value = given[i]
    if type(value) == "table" and not is_module(value) and getmetatable(value) == nil then
      local group = { items = table.move(value, 1, #value, 1, {}), options = own_options(who, value, declared) }
      errors.check(#group.items > 0, "invalid", "%s: group %d has neither modules nor parameters", who, i)
      for _, item in ipairs(group.items) do check_item(who, item, 4) end
      groups[#groups + 1] = group
    else
      check_item(who, value, 4)
      alone.items[#alone.items + 1] = value
    end
  end
  if #alone.items > 0 then table.insert(groups, 1, alone) end
  return groups
end

-- Calls add(name, tensor) for each parameter of an item.
local function visit(item, prefix, add)
  if core.is_tensor(item) then
    add(prefix, item)
  elseif type(item.named_parameters) == "function" then
    for name, tensor in item:named_parameters() do add(prefix .. "." .. name, tensor) end
  else
    for i, tensor in ipairs(item:parameters()) do add(("%s.%d"):format(prefix, i), tensor) end
  end
end

--- The parameters of all groups as they are now, each once: one that occurs
--- again in its own group (shared layers) is left out, in another it raises.
---@param who string
---@param sources aelua.OptimSource[]
---@return { names: string[], tensors: any[] }[] one for each source
function M.collect(who, sources)
  local owner, lists = {}, {}
  for g, source in ipairs(sources) do
    local list = { names = {}, tensors = {} }
    local function add(name, tensor)
      errors.check(core.is_tensor(tensor), "type", "%s: parameter %s wants a tensor, got %s", who, name, errors.shown(tensor))
      errors.check(not owner[tensor] or owner[tensor] == g, "invalid", "%s: parameter %s is in groups %s and %d",
        who, name, owner[tensor], g)
      if owner[tensor] then return end
      owner[tensor] = g
      list.names[#list.names + 1], list.tensors[#list.tensors + 1] = name, tensor
    end
    for i, item in ipairs(source.items) do visit(item, tostring(i), add) end
    lists[g] = list
  end
  return lists
end

local function parameter_set(items)
  local set = {}
  for _, item in ipairs(items) do
    visit(item, "", function(_, tensor) set[tensor] = true end)
  end
  return set
end

--- Whether a module has parameters that none of the sources has any of; false
--- while either has none yet.
---@param sources aelua.OptimSource[]
---@param module any
---@return boolean
function M.are_strangers(sources, module)
  local wanted, any = parameter_set { module }, false
  for _, source in ipairs(sources) do
    for tensor in pairs(parameter_set(source.items)) do
      if wanted[tensor] then return false end
      any = true
    end
  end
  return any and next(wanted) ~= nil
end

return M
