--- Reads Lua source for its documentation: the `---` comments and what they
--- stand above.
local M = {}

---@class aelua.Doc
---@field kind "file"|"function"|"class"|"type"
---@field line integer of the declaration, or of the block's end
---@field name string? function or class as the source writes it: "M.load", "Dense:forward"; nil: `return function`
---@field arguments string[]? names
---@field text string[] lines of prose, without the dashes
---@field params aelua.DocItem[]
---@field returns aelua.DocItem[]
---@field fields aelua.DocItem[]
---@field type_name string? of ---@class
---@field type_parent string? the type it extends; "" where there is none
---@field class_name string? the class that a class declaration makes
---@field parent string? the class it extends, as the source writes it

---@class aelua.DocItem
---@field name string?
---@field optional boolean
---@field type string
---@field text string

-- Takes a LuaCATS type off the front of `s`: it ends at a space outside
-- brackets and quotes that no colon, comma or bar stands beside.
local function take_type(s)
  local depth, quote, i = 0, nil, 1
  while i <= #s do
    local c = s:sub(i, i)
    if quote then
      if c == quote then quote = nil end
    elseif c == '"' or c == "'" then
      quote = c
    elseif c:find("[%(<{%[]") then
      depth = depth + 1
    elseif c:find("[%)>}%]]") then
      depth = depth - 1
    elseif c == " " and depth == 0 and not s:sub(1, i - 1):find("[:,|]$") and not s:find("^%s*|", i) then
      break
    end
    i = i + 1
  end
  return s:sub(1, i - 1), (s:sub(i):gsub("^%s*#?%s*", ""))
end

local function item(rest, named)
  local name, optional
  if named then
    name, optional, rest = rest:match("^([%w_%.%[%]]+)(%??)%s*(.*)$")
    if not name then return nil end
  end
  local type_text, text = take_type(rest)
  return { name = name, optional = optional == "?", type = type_text, text = text }
end

local function read_block(lines)
  local doc = { text = {}, params = {}, returns = {}, fields = {} }
  local last
  for _, line in ipairs(lines) do
    local tag, rest = line:match("^@(%a+)%s*(.*)$")
    if tag == "param" or tag == "field" or tag == "return" then
      last = item(rest, tag ~= "return")
      local list = tag == "param" and doc.params or tag == "field" and doc.fields or doc.returns
      list[#list + 1] = last
    elseif tag == "class" then
      doc.type_name, doc.type_parent = rest:match("^([%w_.]+)%s*:?%s*([%w_.]*)")
      last = nil
    elseif tag then
      last = nil
    elseif last and line:find("^%s%S") then -- one space further in than prose: the item above goes on
      last.text = last.text .. line
    else
      doc.text[#doc.text + 1] = line
    end
  end
  while doc.text[1] == "" do table.remove(doc.text, 1) end
  while doc.text[#doc.text] == "" do table.remove(doc.text) end
  return doc
end

local function split_arguments(text)
  local names = {}
  for name in text:gmatch("[%w_.]+") do names[#names + 1] = name end
  return names
end

local function_forms = {
  "^%s*function%s+([%w_.:]+)%s*%(([^)]*)", "^%s*local%s+function%s+([%w_]+)%s*%(([^)]*)",
  "^%s*local%s+([%w_]+)%s*=%s*function%s*%(([^)]*)", "^%s*([%w_]+[.][%w_.]+)%s*=%s*function%s*%(([^)]*)",
}

-- What `line` declares: fields of the doc.
local function declaration(line)
  for _, form in ipairs(function_forms) do
    local name, arguments = line:match(form)
    if name then return { kind = "function", name = name, arguments = split_arguments(arguments) } end
  end
  local returned = line:match("^return%s+function%s*%(([^)]*)")
  if returned then return { kind = "function", arguments = split_arguments(returned) } end
  local variable, parent, method, class_name = line:match('^%s*local%s+([%w_]+)%s*=%s*([%w_.]+):([%w_]+)%s*%(?%s*"([%w_]+)"')
  if method ~= "extend" and method ~= "member" then variable = nil end
  if not variable then variable, class_name = line:match('^%s*local%s+([%w_]+)%s*=%s*class%s*%(?%s*"([%w_]+)"') end
  if variable then return { kind = "class", name = variable, class_name = class_name, parent = parent } end
  return nil
end

--- All documentation of one source, in order. Functions and classes are listed
--- though no comment stands above them.
---@param source string
---@return aelua.Doc[]
function M.parse(source)
  local docs, block, line_number = {}, {}, 0
  local function close(declared)
    if #block == 0 and not declared then return end
    local doc = read_block(block)
    doc.line = line_number
    doc.kind = doc.type_name and "type" or "file"
    for key, value in pairs(declared or {}) do doc[key] = value end
    if doc.kind ~= "file" or #docs == 0 then docs[#docs + 1] = doc end
    block = {}
  end
  for line in (source .. "\n"):gmatch("(.-)\r?\n") do
    line_number = line_number + 1
    local comment = line:match("^%s*%-%-%-%s?(.*)$")
    if comment and not line:match("^%s*%-%-%-%-") then
      block[#block + 1] = comment
    else
      close(declaration(line))
    end
  end
  close()
  return docs
end

--- The prose's first sentence, on one line.
---@param text string[]
---@return string
function M.first_sentence(text)
  local paragraph = {}
  for _, line in ipairs(text) do
    if line == "" or line:match("^%s%s") then break end
    paragraph[#paragraph + 1] = line
  end
  local joined = table.concat(paragraph, " ")
  return joined:match("^(.-[^%.]%.)%s+%u") or joined
end

return M
