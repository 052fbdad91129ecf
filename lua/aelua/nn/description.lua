--- Modules as data: trees of numbers, strings, booleans and tables that JSON
--- holds, each module a table with its `class`. A layer that stands in several
--- places is described where it comes first, with a number as `shared`, and is
--- { same = number } from there on. Never code: only the classes registered here
--- are built from a description.
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
---@field numbers table<aelua.Module, integer|false> of what has been described so far, from 1; false: it is being described
---@field count integer the last of them
---@field again table<integer, boolean> which of them stand in other places, too
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
  local number = self.numbers[module]
  errors.check(number ~= false, "invalid", "%s contains itself", module.class_name)
  if number then
    self.again[number] = true
    return { same = number }
  end
  self.numbers[module] = false
  local config = copy(module:config(self))
  self.count = self.count + 1
  self.numbers[module] = self.count
  config.class, config.shared = module.class_name, self.count
  return config
end

-- Keeps the numbers of what stands in several places.
local function keep_numbers(config, again)
  if config.class and not again[config.shared] then config.shared = nil end
  for _, value in pairs(config) do
    if type(value) == "table" then keep_numbers(value, again) end
  end
end

--- Notes that something is left out.
---@param format string for string.format, with the further arguments
function Writer:leave_out(format, ...) self.notes[#self.notes + 1] = format:format(...) end

---@class aelua.DescriptionReader
---@field modules table<string, aelua.Module> what has been built so far, by name
---@field shared table<integer, { module: aelua.Module, size: integer }> what stands in other places, too
---@field size integer modules so far, those that stand in several places as often
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

-- A few letters that name what came before, twice each time, would stand for more layers than could ever run.
local most_modules = 100000

local function count(self, place, number)
  self.size = self.size + number
  errors.check(self.size <= most_modules, "format", "%s: more than %d modules", place, most_modules)
end

local function find_shared(self, config, place)
  local shared = self.shared[config.same]
  errors.check(shared and next(config, next(config)) == nil, "format",
    "%s is the same as module %s, which the file does not have before it", place, tostring(config.same))
  count(self, place, shared.size)
  return shared.module
end

local function make(self, config, place)
  errors.check(type(config.class) == "string", "format", "%s: a module without a class", place)
  local class = classes[config.class]
  errors.check(class, "format", "%s: no layer '%s'%s", place, config.class, names.hint(config.class, classes))
  local given, before = {}, self.size
  for name, value in pairs(config) do
    if name ~= "class" and name ~= "shared" then given[name] = value end
  end
  count(self, place, 1)
  local ok, module = pcall(class.from_config, given, self)
  if not ok then blame(self.at, module) end
  if config.shared ~= nil then self.shared[config.shared] = { module = module, size = self.size - before } end
  return module
end

--- Builds what a description says, as the child `key` of the module in hand.
---@param config table
---@param key? string|integer
---@return aelua.Module
function Reader:build(config, key)
  local outer = self.at
  self.at = key and join(outer, key) or outer
  local place = self.at == "" and "description" or self.at
  errors.check(type(config) == "table", "format", "%s: a module without a class", place)
  local module = config.same ~= nil and find_shared(self, config, place) or make(self, config, place)
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
  local writer = setmetatable({ root = module, notes = {}, numbers = {}, count = 0, again = {} }, Writer)
  local description = writer:describe(module)
  keep_numbers(description, writer.again)
  return description, writer.notes
end

--- The module that a description stands for. Errors: format.
---@param config table
---@param given? table what stands in for what descriptions leave out
---@param most? integer numbers that its weights may hold, which are zeros then and not drawn: for files, which have them
---@return aelua.Module
function M.from_config(config, given, most)
  local reader = setmetatable({ modules = {}, shared = {}, size = 0, at = "", given = given or {} }, Reader)
  if most then return parameter.blank(most, reader.build, reader, config) end
  return reader:build(config)
end

return M
