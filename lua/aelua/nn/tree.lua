--- The tree of modules, tables and tensors below a module, in a stable order:
--- array entries first, then a module's fields in the order in which they were
--- first set (a plain table's in alphabetical order). Fields that begin with an
--- underscore are private and not looked into. What is reached twice is listed
--- once, where it was reached first.
---
--- Two spellings of where a thing is: `name` for files (decoder.2.weight) and
--- `place` for messages (decoder[2].weight).
local core = require "aelua.core"
local errors = require "aelua.base.errors"

local M = {}

---@class aelua.Entry
---@field name string
---@field place string
---@field value table|aelua.Tensor
---@field owner table the module that holds it
---@field key any the field of the owner; nil for a tensor inside a plain table

local is_tensor = core.is_tensor

-- Of a metatable, whether objects of it are modules; told once for each, as what a class extends stays what it is.
local is_module_class = setmetatable({}, {
  __mode = "k",
  __index = function(known, metatable)
    local class = metatable
    while type(class) == "table" and not rawget(class, "is_module_class") do class = rawget(class, "super") end
    known[metatable] = type(class) == "table"
    return known[metatable]
  end,
})

local set_mode, evaluating = core.modes(is_module_class)

--- Whether `value` is an object of nn.Module or of a class that extends it.
---@param value any
---@return boolean
function M.is_module(value)
  local metatable = type(value) == "table" and getmetatable(value)
  return metatable and is_module_class[metatable] or false
end

--- Whether `value` is a table without a metatable.
local function is_plain(value) return type(value) == "table" and getmetatable(value) == nil end

local function string_keys(object)
  local order = rawget(object, "_order")
  if order then return order end
  local keys = {}
  for key in pairs(object) do
    if type(key) == "string" then keys[#keys + 1] = key end
  end
  table.sort(keys)
  return keys
end

local function join(name, key) return name == "" and tostring(key) or name .. "." .. key end

local function join_place(place, key)
  if math.type(key) == "integer" then return ("%s[%d]"):format(place, key) end
  return join(place, key)
end

local walk

local function visit(found, owner, key, value, name, place)
  if is_tensor(value) then
    if not found.seen[value] then
      found.seen[value] = true
      found.tensors[#found.tensors + 1] = { name = name, place = place, value = value, owner = owner, key = key }
    end
  elseif is_plain(value) or M.is_module(value) then
    walk(found, owner, value, name, place)
  end
end

function walk(found, owner, object, name, place)
  if found.seen[object] then return end
  found.seen[object] = true
  local module = getmetatable(object) ~= nil
  if module then
    owner = object
    found.modules[#found.modules + 1] = { name = name, place = place, value = object, owner = owner }
  end
  for i = 1, rawlen(object) do
    visit(found, owner, module and i or nil, rawget(object, i), join(name, i), join_place(place, i))
  end
  local seen = {}
  for _, key in ipairs(string_keys(object)) do
    if not seen[key] and key:sub(1, 1) ~= "_" then
      seen[key] = true
      visit(found, owner, module and key or nil, rawget(object, key), join(name, key), join_place(place, key))
    end
  end
end

--- Everything below `root`, which is the first module listed and has the name "".
---@param root table
---@return { modules: aelua.Entry[], tensors: aelua.Entry[] }
function M.list(root)
  local found = { seen = {}, modules = {}, tensors = {} }
  walk(found, root, root, "", "")
  return found
end

--- Sets `training` of all the modules of M.list.
---@type fun(root: table, training: boolean): table root
M.set_mode = set_mode

--- fn(...) while all the modules of M.list are in evaluation mode. Each one's own mode comes back, whatever fn does.
---@type fun(root: table, fn: function, ...: any): any ...
M.evaluating = evaluating

local function add_children(object, result, seen)
  if seen[object] then return end
  seen[object] = true
  local function add(value)
    if M.is_module(value) then
      if not seen[value] then result[#result + 1] = value end
      seen[value] = true
    elseif is_plain(value) then
      add_children(value, result, seen)
    end
  end
  for i = 1, rawlen(object) do add(rawget(object, i)) end
  for _, key in ipairs(string_keys(object)) do
    if key:sub(1, 1) ~= "_" then add(rawget(object, key)) end
  end
end

--- The modules that `object` holds itself or in plain tables, not theirs.
---@param object table
---@return table[]
function M.children(object)
  local result = {}
  add_children(object, result, {})
  return result
end

--- Where `module` is below `root`, for messages: "decoder[2]"; nil: not there.
---@param root table
---@param module table
---@return string?
function M.place(root, module)
  for _, entry in ipairs(M.list(root).modules) do
    if entry.value == module then return entry.place end
  end
  return nil
end

--- Raises where two tensors would have one name.
---@param entries aelua.Entry[]
---@return aelua.Entry[] entries
function M.check_names(entries)
  local taken = {}
  for _, entry in ipairs(entries) do
    errors.check(not taken[entry.name], "state", "state_dict: two tensors are called '%s'", entry.name)
    taken[entry.name] = true
  end
  return entries
end

return M
