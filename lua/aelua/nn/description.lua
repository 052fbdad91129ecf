--- Modules as data: trees of numbers, strings, booleans and tables that JSON
--- holds, each module a table with its `class`, or where it stands again (a shared
--- layer) with `same`, its name. Never code: only the classes registered here are
--- built from a description.
local errors = require "aelua.base.errors"
local names = require "aelua.base.names"
local parameter = require "aelua.nn.parameter"
local tree = require "aelua.nn.tree"

local M = {}

local classes = {}

--- Lets files name a class of aelua's own.
function M.register(class)
  classes[class.class_name] = class
  return class
end

---@class aelua.DescriptionWriter
---@field root aelua.Module
---@field written table<aelua.Module, boolean> what has been described so far
---@field notes string[] what the description leaves out, and why
local Writer = {}
Writer.__index = Writer

--- The name of a module below the root, by which a file refers to it.
---@param module aelua.Module
---@return string
function Writer:name_of(module)
  for _, entry in ipairs(tree.list(self.root).modules) do
    if entry.value == module then return entry.name end
  end
  return errors.raise("unsupported", ("%s is not part of the model that refers to it"):format(module.class_name), 2)
end

-- The description is its owner's to change: no table of the module is in it.
local function copy(value)
  if type(value) ~= "table" then return value end
  local result = {}
  for key, one in pairs(value) do result[key] = copy(one) end
  return result
end

---@param module aelua.Module
---@return table
function Writer:describe(module)
  if module.settle then module:settle() end
  local class = getmetatable(module)
  if classes[module.class_name] ~= class then
    local place = tree.place(self.root, module) or "a module"
    errors.raise("unsupported", ("%s is %s, a class of your own: a file holds data, never code"):format(
      place == "" and "the model" or place, module.class_name), 2)
  end
  if self.written[module] then return { same = self:name_of(module) } end
  self.written[module] = true
  local config = copy(module:config(self))
  config.class = module.class_name
  return config
end

--- Notes that something is left out.
---@param format string for string.format, with the further arguments
function Writer:leave_out(format, ...) self.notes[#self.notes + 1] = format:format(...) end

---@class aelua.DescriptionReader
---@field modules table<string, aelua.Module> what has been built so far, by name
---@field at string name of the module being built
---@field given table what stands in for what descriptions leave out
local Reader = {}
Reader.__index = Reader

--- A module that has been built before, by its name.
---@param name string
---@return aelua.Module
function Reader:find(name)
  return errors.check(self.modules[name], "format", "%s refers to '%s', which the file does not have before it",
    self.at, tostring(name))
end

local function join(name, key) return name == "" and tostring(key) or name .. "." .. key end

-- Hands an error on, saying which part of the description it came from.
local function blame(at, failure)
  if type(failure) ~= "table" or not failure.message then error(failure, 0) end
  if at ~= "" and failure.message:sub(1, #at) ~= at then failure.message = at .. ": " .. failure.message end
  error(failure, 0)
end

--- Builds what a description says, as the child `key` of the module in hand.
---@param config table
---@param key? string|integer
---@return aelua.Module
function Reader:build(config, key)
  local outer = self.at
  self.at = key and join(outer, key) or outer
  local place = self.at == "" and "description" or self.at
  errors.check(type(config) == "table" and (config.same or type(config.class) == "string"), "format",
    "%s: a module without a class", place)
  if config.same then
    local shared = self:find(config.same)
    self.at = outer
    return shared
  end
  local class = classes[config.class]
  errors.check(class, "format", "%s: no layer '%s'%s", place, config.class, names.hint(config.class, classes))
  local given = {}
  for name, value in pairs(config) do
    if name ~= "class" then given[name] = value end
  end
  local ok, module = pcall(class.from_config, given, self)
  if not ok then blame(self.at, module) end
  self.modules[self.at] = module
  self.at = outer
  return module
end

--- The description of `module`, and notes of what it leaves out. Raises
--- unsupported for a class of the user's own, naming it.
---@param module aelua.Module
---@return table
---@return string[] notes
function M.describe(module)
  local writer = setmetatable({ root = module, written = {}, notes = {} }, Writer)
  return writer:describe(module), writer.notes
end

--- The module that a description stands for. Errors: format.
---@param config table
---@param given? table what stands in for what descriptions leave out
---@param most? integer numbers that its weights may hold, which are zeros then and not drawn: for files, which have them
---@return aelua.Module
function M.from_config(config, given, most)
  local reader = setmetatable({ modules = {}, at = "", given = given or {} }, Reader)
  if most then return parameter.blank(most, reader.build, reader, config) end
  return reader:build(config)
end

return M
