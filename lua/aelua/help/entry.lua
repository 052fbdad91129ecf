--- What help shows of one thing, before it is laid out: an operation's entry is
--- made from its C descriptor, a class's or function's from its source.
local core = require "aelua.core"
local source = require "aelua.help.source"

local M = {}

---@class aelua.HelpEntry
---@field title string the call, or the name
---@field also string? another way to call it
---@field text string[] lines of prose; two spaces of indentation mark what keeps its form
---@field by_line boolean? every line of the text is a paragraph of its own
---@field shared boolean? the text is that of a whole file
---@field sections { title: string, items: aelua.HelpItem[] }[]
---@field methods aelua.HelpEntry[]? of a class: those that its section "Methods" names, in its order

---@class aelua.HelpItem
---@field name string
---@field type string
---@field text string

-- ---- Operations ----

local kinds = { dim = "integer", dims = "integer|integer[]", shape = "integer[]" }

local function attribute_type(attribute)
  if not attribute.choices then return kinds[attribute.kind] or attribute.kind end
  local quoted = {}
  for i, choice in ipairs(attribute.choices) do quoted[i] = ("%q"):format(choice) end
  if attribute.kind == "border" then quoted[#quoted + 1] = kinds.dims end
  return table.concat(quoted, "|")
end

local function attribute_default(attribute)
  if attribute.required then return nil end
  if attribute.default == nil then return attribute.kind == "dims" and "all" or nil end
  if type(attribute.default) == "string" then return ("%q"):format(attribute.default) end
  if math.type(attribute.default) == "float" then return ("%.14g"):format(attribute.default) end
  return tostring(attribute.default)
end

local function input_type(input)
  local kind = table.concat(input.types, "|")
  return input.number and kind .. "|number" or kind
end

local function split_lines(text)
  local lines = {}
  for line in ((text or "") .. "\n"):gmatch("(.-)\n") do lines[#lines + 1] = line end
  return lines
end

--- How an operation is called: "sum(x, dims?, keepdim?)", "concat({tensors...}, dim?)".
---@param operation table from core.describe
---@param from? integer the first input that is named; default 1
---@return string
function M.signature(operation, from)
  local names = {}
  for i = from or 1, #operation.inputs do
    local input = operation.inputs[i]
    names[#names + 1] = input.list and ("{%s...}"):format(input.name) or input.name .. (input.optional and "?" or "")
  end
  for _, attribute in ipairs(operation.attributes) do
    names[#names + 1] = attribute.name .. (attribute.required and "" or "?")
  end
  return ("%s(%s)"):format(operation.name, table.concat(names, ", "))
end

---@param name string
---@param path? string its public name, where that is not ae.NAME
---@return aelua.HelpEntry?
function M.operation(name, path)
  local operation = core.describe(name)
  if not operation then return nil end
  local inputs, attributes = {}, {}
  for i, input in ipairs(operation.inputs) do
    local text = input.optional and "may be nil; " .. input.doc or input.doc
    inputs[i] = { name = input.name, type = input_type(input), text = text }
  end
  for i, attribute in ipairs(operation.attributes) do
    local default = attribute_default(attribute)
    local text = attribute.doc or ""
    if default and not text:find("default", 1, true) then
      text = ("%s%sdefault %s"):format(text, text == "" and "" or "; ", default)
    end
    attributes[i] = { name = attribute.name, type = attribute_type(attribute), text = text }
  end
  local text = split_lines(operation.doc)
  if operation.no_gradient then text[#text + 1] = "No gradient: " .. operation.no_gradient .. "." end
  path = path or (operation.internal and "core.ops." or "ae.") .. name
  local entry = { title = path:sub(1, -#name - 1) .. M.signature(operation), text = text, by_line = true, sections = {} }
  local first = operation.inputs[1]
  if first and not first.list and not operation.internal and not operation.no_method then
    entry.also = "t:" .. M.signature(operation, 2)
  end
  local function section(title, items)
    if #items > 0 then entry.sections[#entry.sections + 1] = { title = title, items = items } end
  end
  section("Inputs", inputs)
  section("Attributes, in this order or in one last table", attributes)
  if operation.result then section("Returns", { { name = "", type = "", text = operation.result } }) end
  return entry
end

-- ---- Lua ----

local parsed, type_index = {}, nil

--- The documentation inside an embedded source.
---@param name string as in core.sources()
---@return aelua.Doc[]
function M.docs_of(name)
  if not parsed[name] then parsed[name] = source.parse(core.source(name) or "") end
  return parsed[name]
end

-- What stands at every ---@class, by the type's name.
local function all_types()
  if not type_index then
    type_index = {}
    for _, module in ipairs(core.sources()) do
      if not module:find("/", 1, true) then
        for _, doc in ipairs(M.docs_of(module)) do
          if doc.type_name then type_index[doc.type_name] = doc end
        end
      end
    end
  end
  return type_index
end

local function find_type(name) return all_types()[name] end

local function as_items(list)
  local items = {}
  for i, one in ipairs(list) do
    items[i] = { name = (one.name or "") .. (one.optional and "?" or ""), type = one.type, text = one.text }
  end
  return items
end

local options_pattern = "aelua%.[%w_.]*Options"

-- The fields of a type: its own, and those of the types that it extends.
local function all_fields(declared)
  local fields, seen = {}, {}
  while declared do
    for _, field in ipairs(declared.fields) do
      if not seen[field.name] then fields[#fields + 1] = field end
      seen[field.name] = true
    end
    declared = find_type(declared.type_parent)
  end
  return fields
end

-- The sections of a function: its parameters, the fields of tables of options
-- among them, and what it returns.
local function add_function_sections(entry, doc)
  local function section(title, items)
    if #items > 0 then entry.sections[#entry.sections + 1] = { title = title, items = items } end
  end
  section("Arguments", as_items(doc.params))
  for _, param in ipairs(doc.params) do
    local type_name = param.type:match(options_pattern)
    local options = type_name and find_type(type_name)
    if options then section(("Options in `%s`"):format(param.name), as_items(all_fields(options))) end
  end
  section("Returns", as_items(doc.returns))
end

local function call_text(name, doc)
  local optional = {}
  for _, param in ipairs(doc.params) do optional[param.name] = param.optional end
  local arguments = {}
  for _, argument in ipairs(doc.arguments) do
    if argument ~= "..." or optional["..."] ~= nil then
      arguments[#arguments + 1] = argument .. (optional[argument] and "?" or "")
    end
  end
  return ("%s(%s)"):format(name, table.concat(arguments, ", "))
end

---@param title string the function's public name
---@param doc aelua.Doc
---@return aelua.HelpEntry
function M.lua_function(title, doc)
  local entry = { title = call_text(title, doc), text = doc.text, sections = {} }
  add_function_sections(entry, doc)
  return entry
end

--- The entry of a table of options, by the name of its type: "FitOptions".
---@param name string
---@return aelua.HelpEntry?
function M.options(name)
  local short = name:gsub("^aelua%.", "")
  local declared = short:find("Options$") and find_type("aelua." .. short)
  if not declared then return nil end
  return { title = short, text = declared.text, sections = { { title = "Options", items = as_items(all_fields(declared)) } } }
end

--- The names of all tables of options.
---@return string[]
function M.options_names()
  local found = {}
  for name in pairs(all_types()) do
    if name:find("Options$") then found[#found + 1] = (name:gsub("^aelua%.", "")) end
  end
  table.sort(found)
  return found
end

--- A function's entry as that of a method: its first argument is the object.
---@param entry aelua.HelpEntry
---@return aelua.HelpEntry
function M.without_first(entry)
  entry.title = entry.title:gsub("%([%w_]+,?%s*", "(", 1)
  local first = entry.sections[1]
  if first and first.title == "Arguments" then
    table.remove(first.items, 1)
    if #first.items == 0 then table.remove(entry.sections, 1) end
  end
  return entry
end

--- The entry of a value that a source documents as a field of a type.
---@param path string the value's public name
---@param name string
---@param docs aelua.Doc[] of the source that makes it
---@return aelua.HelpEntry
function M.field(path, name, docs)
  local entry = { title = path, text = {}, sections = {} }
  for _, doc in ipairs(docs) do
    for _, field in ipairs(doc.fields) do
      if field.name == name then entry.text = { field.text } end
    end
  end
  return entry
end

-- A constructor as a class sees it that leaves being made to the one it extends: the
-- options are those that the class, or the nearest before the constructor's, has a type for.
local function constructor_of(maker)
  local own
  for _, name in ipairs(maker.heirs) do own = own or find_type(("aelua.%sOptions"):format(name)) end
  if not own then return maker.init end
  local init = setmetatable({ params = {} }, { __index = maker.init })
  for i, param in ipairs(maker.init.params) do
    local kind = param.type:gsub(options_pattern, own.type_name)
    init.params[i] = { name = param.name, optional = param.optional, type = kind, text = param.text }
  end
  return init
end

-- How a class came to be: what help says of it beside its own file.
---@class aelua.Maker
---@field init aelua.Doc the constructor, its own or inherited
---@field heirs string[] names of the classes below the one that declares it, this class first
---@field extends string? the nearest class above that help shows
---@field between aelua.Doc[] declarations of the classes that it does not show, up to there
---@field methods { name: string, doc: aelua.Doc }[]

---@param title string the class's public name
---@param docs aelua.Doc[] of the file that declares it
---@param declared aelua.Doc the declaration
---@param maker aelua.Maker
---@return aelua.HelpEntry
function M.class(title, docs, declared, maker)
  local methods, listed, init = {}, {}, constructor_of(maker)
  for i, method in ipairs(maker.methods) do
    local doc = method.doc
    methods[i] = M.lua_function(title .. doc.name:match("[:.]%f[%w_][%w_]*$"):sub(1, 1) .. method.name, doc)
    listed[i] = { name = call_text(method.name, doc), type = "", text = source.first_sentence(doc.text) }
  end
  local text = declared.text
  if #text == 0 and docs[1].kind == "file" then text = docs[1].text end
  local entry = { title = call_text(title, init), text = { table.unpack(text) }, sections = {}, methods = methods }
  if #init.text > 0 and #text > 0 then entry.text[#entry.text + 1] = "" end
  table.move(init.text, 1, #init.text, #entry.text + 1, entry.text)
  add_function_sections(entry, init)
  -- What a class without a constructor declares is for those that extend it.
  local left = #init.arguments == 0 and find_type(("aelua.%sOptions"):format(declared.class_name))
  if left then
    entry.sections[#entry.sections + 1] = { title = "Options of classes that extend it", items = as_items(all_fields(left)) }
  end
  if maker.extends then
    if #entry.text > 0 then entry.text[#entry.text + 1] = "" end
    entry.text[#entry.text + 1] = ("Extends `%s`, whose methods it has too."):format(maker.extends)
  end
  local fields, seen = {}, {}
  for _, one in ipairs { declared, table.unpack(maker.between) } do
    for _, field in ipairs(one.fields) do
      if not seen[field.name] then fields[#fields + 1] = field end
      seen[field.name] = true
    end
  end
  if #fields > 0 then entry.sections[#entry.sections + 1] = { title = "Fields", items = as_items(fields) } end
  if #methods > 0 then entry.sections[#entry.sections + 1] = { title = "Methods", items = listed } end
  return entry
end

return M
