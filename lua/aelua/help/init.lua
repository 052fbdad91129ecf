--- Documentation at the prompt: `ae.help "dense"`, `ae.help(ae.nn.Dense)`.
local catalog = require "aelua.help.catalog"
local errors = require "aelua.base.errors"
local names = require "aelua.base.names"
local text = require "aelua.help.text"

local M = {}

local overview = [[
ae.help "sum"          an operation            ae.help(ae.sum)
ae.help "nn.Dense"     a class                 ae.help(ae.nn.Dense)
ae.help "data.load"    a function              ae.help(ae.data.load)
ae.help "nn"           what a namespace has    ae.help(ae.nn)
ae.help "Model:fit"    a method                ae.help(model.fit)]]

-- The first item that `fits`.
local function find(items, fits)
  local found
  catalog.each(items, function(item)
    if not found and fits(item) then found = item end
  end)
  return found
end

local function find_by_name(items, wanted)
  return find(items, function(item) return item.path == wanted or item.path == "ae." .. wanted end)
    or find(items, function(item) return item.name == wanted end)
end

local function find_by_value(items, value)
  return value ~= nil and find(items, function(item) return item.value == value end)
end

-- "Autoencoder:fit", "nn.Module.train": a method, inherited ones included.
local function method_entry(items, wanted)
  local owner, name = wanted:match("^(.+)[:.]([%a_][%w_]*)$")
  local item = owner and find_by_name(items, owner)
  local method = item and item.kind == "class" and item.value[name]
  return type(method) == "function" and catalog.function_entry(item.path .. ":" .. name, method) or nil
end

-- Documented methods called `name`, by the first class that has each: "Autoencoder:fit".
local function methods_called(items, name)
  local calls, seen = {}, {}
  catalog.each(items, function(item)
    local method = item.kind == "class" and item.value[name]
    if type(method) == "function" and not seen[method] then
      seen[method] = true
      local entry = catalog.function_entry(nil, method)
      if not entry.shared and #entry.text > 0 then calls[#calls + 1] = ("'%s:%s'"):format(item.path:gsub("^ae%.", ""), name) end
    end
  end)
  return calls
end

local most_shown = 5

local function raise_unknown(items, wanted)
  local methods = methods_called(items, wanted)
  if #methods > 0 then
    local more = #methods > most_shown and ", ..." or ""
    errors.raise("invalid", ("help: nothing is called '%s' but methods of classes: %s%s"):format(wanted,
      table.concat(methods, ", ", 1, math.min(#methods, most_shown)), more), 3)
  end
  local known = {}
  catalog.each(items, function(item)
    known[#known + 1] = item.name
    known[#known + 1] = item.path:gsub("^ae%.", "")
  end)
  errors.raise("invalid", ("help: nothing is called '%s'%s"):format(wanted, names.hint(wanted, known)), 3)
end

--- The documentation of `what`, a name or the thing itself.
---@param ae table
---@param what any
---@return string
function M.text(ae, what)
  local items = catalog.of(ae)
  local entry
  if type(what) == "string" then
    local item = find_by_name(items, what)
    entry = item and item.entry() or method_entry(items, what) or raise_unknown(items, what)
  else
    local class = type(what) == "table" and getmetatable(what) or nil
    local item = find_by_value(items, what) or find_by_value(items, class)
    if item then
      entry = item.entry()
    elseif type(what) == "function" then
      entry = catalog.function_entry(nil, what)
    end
  end
  errors.check(entry, "invalid", "help: nothing is written about this %s", type(what))
  return text.render(entry)
end

--- Prints the documentation of `what`: a name, an operation, a class, an object
--- of one, a function or a namespace; without `what`, how to ask.
---@param ae table
---@param what any
function M.print(ae, what)
  print(what == nil and overview or M.text(ae, what))
end

return M
