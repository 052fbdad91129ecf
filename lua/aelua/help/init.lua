--- Documentation at the prompt: `ae.help "dense"`, `ae.help(ae.nn.Dense)`.
local catalog = require "aelua.help.catalog"
local errors = require "aelua.base.errors"
local help_entry = require "aelua.help.entry"
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
  local function called(fold)
    local name = fold(wanted)
    return find(items, function(item) return fold(item.path) == name or fold(item.path) == "ae." .. name end)
      or find(items, function(item) return fold(item.name) == name end)
  end
  return called(function(name) return name end) or called(string.lower)
end

local function find_by_value(items, value)
  return value ~= nil and find(items, function(item) return item.value == value end)
end

-- "Autoencoder:fit", "nn.Module.train": the class, and the name after it.
local function split_method(items, wanted)
  local owner, name = wanted:match("^(.+)[:.]([%a_][%w_]*)$")
  local item = owner and find_by_name(items, owner)
  if item and item.kind == "class" then return item, name end
end

-- A method, inherited ones included.
local function method_entry(items, wanted)
  local item, name = split_method(items, wanted)
  local method = item and item.value[name]
  return type(method) == "function" and catalog.function_entry(item.path .. ":" .. name, method) or nil
end

local function shown_path(item) return (item.path:gsub("^ae%.", "")) end

-- How many classes a class extends.
local function depth_of(class)
  local depth = 0
  while class.super do class, depth = class.super, depth + 1 end
  return depth
end

-- Documented methods called `name`, each by the class that the others have it from, "Model:fit", or where several have it
-- from one that is not shown by the shortest of their names.
local function methods_called(items, name)
  local found, by = {}, {}
  catalog.each(items, function(item)
    local method = item.kind == "class" and item.value[name]
    if type(method) ~= "function" then return end
    local one, best = { path = shown_path(item), depth = depth_of(item.value) }, by[method]
    if not best then
      local entry = catalog.function_entry(nil, method)
      if entry.shared or #entry.text == 0 then return end
      found[#found + 1] = method
    end
    if not best or one.depth < best.depth or one.depth == best.depth and #one.path < #best.path then by[method] = one end
  end)
  for i, method in ipairs(found) do found[i] = by[method].path .. ":" .. name end
  return found
end

-- The names that may be meant by one that nothing has: the nearest, then those that have it in them.
local function similar(items, wanted)
  local known, prefix, name = {}, "", wanted
  local class, method = split_method(items, wanted)
  if class then
    prefix, name = shown_path(class) .. ":", method
    local owner = class.value
    while owner do
      for key, value in pairs(owner) do
        if type(value) == "function" and key:find("^%a") then known[#known + 1] = key end
      end
      owner = owner.super
    end
  else
    catalog.each(items, function(item)
      known[#known + 1] = item.name
      known[#known + 1] = shown_path(item)
    end)
    for _, option_table in ipairs(help_entry.options_names()) do known[#known + 1] = option_table end
  end
  table.sort(known)
  local found, seen = {}, {}
  local function add(candidate)
    if not seen[candidate] then found[#found + 1] = prefix .. candidate end
    seen[candidate] = true
  end
  local nearest = names.nearest(name, known)
  if nearest then add(nearest) end
  for _, candidate in ipairs(#name >= 3 and known or {}) do
    local bare = not candidate:find(".", 1, true) and not candidate:find("Options$")
    if bare and candidate:lower():find(name:lower(), 1, true) then add(candidate) end
  end
  return found
end

local most_shown = 8

-- What there is instead of `wanted`; raises where nothing is near.
local function suggestions(items, wanted)
  local found, form = methods_called(items, wanted), "nothing is called '%s' but methods of classes: %s"
  if #found == 0 then found, form = similar(items, wanted), "nothing is called '%s'; did you mean %s?" end
  errors.check(#found > 0, "invalid", "help: nothing is called '%s'; ae.help() says how to ask", wanted)
  for i, name in ipairs(found) do found[i] = ("'%s'"):format(name) end
  local more = #found > most_shown and ", ..." or ""
  return form:format(wanted, table.concat(found, ", ", 1, math.min(#found, most_shown)) .. more)
end

--- The documentation of `what`, a name or the thing itself; of a name that nothing has, those that may be meant.
---@param ae table
---@param what any
---@return string
function M.text(ae, what)
  local items = catalog.of(ae)
  local entry
  if type(what) == "string" then
    local item = find_by_name(items, what)
    entry = item and item.entry() or method_entry(items, what) or help_entry.options(what)
    if not entry then return suggestions(items, what) end
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
--- of one, a function or a namespace; without `what`, how to ask. A name that nothing
--- has is answered with those near it.
---@param ae table
---@param what any
function M.print(ae, what)
  print(what == nil and overview or M.text(ae, what))
end

return M
