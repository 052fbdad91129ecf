--- All that `ae` offers, by its public name: found by walking `ae`, so that
--- nothing is listed that is not there.
local core = require "aelua.core"
local entry = require "aelua.help.entry"
local source = require "aelua.help.source"

local M = {}

---@class aelua.CatalogItem
---@field path string "ae.nn.Dense"
---@field name string "Dense"
---@field kind "namespace"|"class"|"function"|"operation"|"method"|"value"
---@field value any
---@field members aelua.CatalogItem[]? of a namespace
---@field entry fun(): aelua.HelpEntry

-- The docs of the source that a function was defined in: an embedded one, or a
-- script's own file.
local function docs_around(fn)
  local chunk = debug.getinfo(fn, "S").source
  local embedded = chunk:match("^=%[aelua%] (.*)%.lua$")
  if embedded then return entry.docs_of("aelua." .. embedded:gsub("/", ".")) end
  local path = chunk:match("^@(.*)$")
  local file = path and io.open(path, "r")
  if not file then return {} end
  local text = file:read("a")
  file:close()
  return source.parse(text)
end

local function find(docs, matches)
  for _, doc in ipairs(docs) do
    if matches(doc) then return doc end
  end
  return nil
end

local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do
    if type(key) == "string" and key:find("^%a") then keys[#keys + 1] = key end
  end
  table.sort(keys)
  return keys
end

-- A function or class that no line declares by name was made by another: what
-- the head of its file says is all there is.
local function made_by_another(path, docs)
  local head = docs[1]
  return { title = path, text = head and head.kind == "file" and head.text or {}, shared = true, sections = {} }
end

--- The documentation of a Lua function, from the source that defined it.
---@param path string? what to call it; nil: what its source calls it
---@param fn function
---@return aelua.HelpEntry
function M.function_entry(path, fn)
  local docs = docs_around(fn)
  local line = debug.getinfo(fn, "S").linedefined
  local doc = find(docs, function(doc) return doc.kind == "function" and doc.line == line end)
  if not doc then return made_by_another(path or "function", docs) end
  local shown = entry.lua_function(path or doc.name or "function", doc)
  -- A file that is one function says at its head what that does.
  if not doc.name and #shown.text == 0 and docs[1].kind == "file" then shown.text = docs[1].text end
  return shown
end

-- Where the class called `wanted` is declared in a file around the functions of `class`:
-- the file's docs, and the declaration.
local function declaration_of(class, wanted)
  local docs
  for _, name in ipairs(sorted_keys(class)) do
    if type(class[name]) == "function" and name ~= "is" then -- `is` is of every class
      docs = docs_around(class[name])
      local declared = find(docs, function(doc) return doc.kind == "class" and doc.class_name == wanted end)
      if declared then return docs, declared end
    end
  end
  return docs, nil
end

-- The classes from `class` up to the one that has its constructor, without that one.
local function heirs_of(class)
  local heirs = {}
  while class.super and not rawget(class, "init") do
    heirs[#heirs + 1] = class.class_name
    class = class.super
  end
  return heirs
end

-- The documented methods of `class`, in order of name: its own, wherever they are defined, and those
-- of the classes from it up to `above`, the nearest one that is shown.
local function methods_of(class, above)
  local docs_by_name, names = {}, {}
  while class and class.super and class ~= above do
    for _, name in ipairs(sorted_keys(class)) do
      local method = class[name]
      if type(method) == "function" and name ~= "init" and name ~= "is" and not docs_by_name[name] then
        local line = debug.getinfo(method, "S").linedefined
        local doc = find(docs_around(method), function(doc) return doc.kind == "function" and doc.line == line end)
        if doc and doc.name and #doc.text > 0 then
          docs_by_name[name] = doc
          names[#names + 1] = name
        end
      end
    end
    class = class.super
  end
  table.sort(names)
  local methods = {}
  for i, name in ipairs(names) do methods[i] = { name = name, doc = docs_by_name[name] } end
  return methods
end

---@param class aelua.Class
---@param public table<aelua.Class, string> names of the classes that help shows
---@return aelua.Maker
local function maker_of(class, public)
  local line = debug.getinfo(class.init, "S").linedefined
  local init = find(docs_around(class.init), function(doc) return doc.kind == "function" and doc.line == line end)
  local between, parent = {}, class.super
  while parent and parent.super and not public[parent] do
    local _, declared = declaration_of(parent, parent.class_name)
    between[#between + 1] = declared
    parent = parent.super
  end
  local extends = parent and public[parent]
  return {
    init = init, heirs = heirs_of(class), between = between, methods = methods_of(class, parent),
    extends = extends and extends:gsub("^ae%.", ""),
  }
end

-- A class of a family, made by a function, is told of where the family's base stands.
local function class_entry(path, class, public)
  local docs
  for _, wanted in ipairs { class.class_name, class.super and class.super.class_name } do
    local declared
    docs, declared = declaration_of(class, wanted)
    if declared then
      local shown = entry.class(path, docs, declared, maker_of(class, public))
      shown.shared = wanted ~= class.class_name
      return shown
    end
  end
  return made_by_another(path, docs or {})
end

-- The source that a namespace is made in: that of its name, else that of the first of its functions which has one.
local function docs_of_namespace(path, namespace)
  local below = path:gsub("^ae", "")
  for _, module in ipairs { "aelua" .. below .. ".init", "aelua.train" .. below .. ".init" } do
    local docs = entry.docs_of(module)
    if #docs > 0 then return docs end
  end
  for _, name in ipairs(sorted_keys(namespace)) do
    local docs = type(namespace[name]) == "function" and docs_around(namespace[name]) or {}
    if #docs > 0 then return docs end
  end
  return {}
end

local function namespace_entry(item)
  local members = {}
  for i, member in ipairs(item.members) do
    local shown = member.entry()
    members[i] = { name = member.name, type = "", text = source.first_sentence(shown.text) }
  end
  local head = docs_of_namespace(item.path, item.value)[1]
  local text = head and head.kind == "file" and head.text or {}
  return { title = item.path, text = text, shared = true, sections = { { title = "Names", items = members } } }
end

local function walk(items, path, namespace, seen, public)
  for _, key in ipairs(sorted_keys(namespace)) do
    local value = rawget(namespace, key)
    local item = { path = path .. "." .. key, name = key, value = value }
    if type(value) == "table" and rawget(value, "class_name") then
      item.kind = "class"
      public[value] = public[value] or item.path
      item.entry = function() return class_entry(item.path, value, public) end
    elseif type(value) == "string" or type(value) == "table" and #value > 0 then
      item.kind = "value"
      item.entry = function() return entry.field(item.path, key, docs_of_namespace(path, namespace)) end
    elseif type(value) == "table" and not seen[value] then
      seen[value] = true
      item.kind, item.members = "namespace", {}
      walk(item.members, item.path, value, seen, public)
      item.entry = function() return namespace_entry(item) end
    elseif type(value) == "function" and value == core.ops[key] then
      if path ~= "ae" then
        item.kind = "function"
        item.entry = function() return entry.operation(key, item.path) end
      end
    elseif type(value) == "function" and (path ~= "ae" or not core.describe(key)) then
      item.kind = "function"
      item.entry = function() return M.function_entry(item.path, value) end
    end
    if item.kind then items[#items + 1] = item end
  end
end

-- What is written in C and described in lua/aelua/meta: `function ae.seed(n) end`, `function Tensor:item() end`.
local function add_described(items, ae)
  for _, module in ipairs(core.sources()) do
    if module:find("^aelua%.meta%.") then
      for _, doc in ipairs(entry.docs_of(module)) do
        local name = doc.kind == "function" and doc.name and doc.name:match("([%w_]+)$")
        if name then
          local method = doc.name:match("^Tensor:") ~= nil
          local path = method and "t:" .. name or doc.name
          local value = method and core.methods[name] or ae
          for part in (method and "" or path:gsub("^ae%.", "")):gmatch("[^.]+") do value = value[part] end
          items[#items + 1] = {
            path = path, name = name, kind = method and "method" or "function", value = value,
            entry = function() return entry.lua_function(path, doc) end,
          }
        end
      end
    end
  end
end

-- Methods of tensors that are written in Lua.
local function add_methods(items)
  for _, name in ipairs(sorted_keys(core.methods)) do
    local method = core.methods[name]
    if type(method) == "function" and debug.getinfo(method, "S").what == "Lua" then
      local path = "t:" .. name
      items[#items + 1] = {
        path = path, name = name, kind = "method", value = method,
        entry = function() return entry.without_first(M.function_entry(path, method)) end,
      }
    end
  end
end

--- The catalog of `ae`: operations, then everything else, in order of name.
---@param ae table
---@return aelua.CatalogItem[]
function M.of(ae)
  local items = {}
  for _, name in ipairs(core.operations()) do
    local operation = core.describe(name)
    items[#items + 1] = {
      path = (operation.internal and "core.ops." or "ae.") .. name, name = name, kind = "operation",
      internal = operation.internal, value = core.ops[name],
      entry = function() return entry.operation(name) end,
    }
  end
  local described = {}
  add_described(described, ae)
  add_methods(described)
  table.sort(described, function(a, b) return a.path < b.path end)
  local known = {}
  for _, item in ipairs(described) do known[item.path] = true end
  local walked = {}
  walk(walked, "ae", ae, { [ae] = true }, {})
  for _, item in ipairs(walked) do
    if not known[item.path] then items[#items + 1] = item end
  end
  return table.move(described, 1, #described, #items + 1, items)
end

--- Calls `visit` with every item, members of namespaces after them.
---@param items aelua.CatalogItem[]
---@param visit fun(item: aelua.CatalogItem)
function M.each(items, visit)
  for _, item in ipairs(items) do
    visit(item)
    if item.members then M.each(item.members, visit) end
  end
end

return M
