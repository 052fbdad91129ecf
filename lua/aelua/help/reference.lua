--- The reference as Markdown: everything that `ae` offers, made from the same
--- entries that help prints.
local catalog = require "aelua.help.catalog"

local M = {}

local function escape(text) return (text:gsub("[*_<>|%[%]]", "\\%0")) end

-- What stands between backquotes is left alone.
local function escape_prose(text)
  local result = {}
  for plain, code in (text .. "``"):gmatch("([^`]*)(`[^`]*`)") do
    result[#result + 1] = escape(plain) .. (code == "``" and "" or code)
  end
  return table.concat(result)
end

local function add_prose(lines, prose, by_line)
  local code = false
  for i, line in ipairs(prose) do
    local indented = line:match("^%s%s") ~= nil
    if indented and not code then
      if lines[#lines] ~= "" then lines[#lines + 1] = "" end
      lines[#lines + 1] = "```"
      code = true
    elseif code and not indented and not (line == "" and (prose[i + 1] or ""):match("^%s%s")) then
      lines[#lines + 1] = "```"
      code = false
      if line ~= "" then lines[#lines + 1] = "" end
    end
    lines[#lines + 1] = code and line:gsub("^%s%s", "") or escape_prose(line)
    if by_line and not code and i < #prose then lines[#lines + 1] = "" end
  end
  if code then lines[#lines + 1] = "```" end
end

local function add_items(lines, items)
  for _, item in ipairs(items) do
    local head = item.name ~= "" and ("`%s`"):format(item.name) or nil
    local kind = item.type ~= "" and ("(`%s`)"):format(item.type) or nil
    local body = item.text ~= "" and escape_prose(item.text) or nil
    local label = head and kind and head .. " " .. kind or head or kind
    lines[#lines + 1] = "- " .. (label and body and label .. ": " .. body or label or body or "")
  end
end

-- `told`: text -> the title under which it stands already.
local function add_entry(lines, entry, level, told)
  lines[#lines + 1] = ("%s %s"):format(("#"):rep(level), escape(entry.title))
  lines[#lines + 1] = ""
  if entry.also then
    lines[#lines + 1] = ("Also `%s`."):format(entry.also)
    lines[#lines + 1] = ""
  end
  local text = table.concat(entry.text, "\n")
  if entry.shared and told[text] then
    lines[#lines + 1] = ("See %s."):format(escape(told[text]))
    lines[#lines + 1] = ""
    return
  end
  if text ~= "" then
    told[text] = entry.title:match("^[^(]*")
    add_prose(lines, entry.text, entry.by_line)
    lines[#lines + 1] = ""
  end
  for _, section in ipairs(entry.sections) do
    if not (entry.methods and section.title == "Methods") then
      lines[#lines + 1] = section.title .. ":"
      lines[#lines + 1] = ""
      add_items(lines, section.items)
      lines[#lines + 1] = ""
    end
  end
  for _, method in ipairs(entry.methods or {}) do add_entry(lines, method, level + 1, told) end
end

-- `text`: what is said of all of them, lines of prose.
local function add_chapter(lines, title, items, text)
  if #items == 0 then return end
  local told = {}
  lines[#lines + 1] = "## " .. title
  lines[#lines + 1] = ""
  if text and #text > 0 then
    told[table.concat(text, "\n")] = title
    add_prose(lines, text)
    lines[#lines + 1] = ""
  end
  for _, item in ipairs(items) do
    add_entry(lines, item.entry(), 3, told)
    if item.members then
      for _, member in ipairs(item.members) do add_entry(lines, member.entry(), 4, told) end
    end
  end
end

local function select_items(items, fits)
  local chosen = {}
  for _, item in ipairs(items) do
    if fits(item) then chosen[#chosen + 1] = item end
  end
  return chosen
end

---@param ae table
---@return string
function M.render(ae)
  local items = catalog.of(ae)
  local lines = {
    "# Reference", "",
    "Made by `scripts/make-docs` from the operations' descriptors and the comments in `lua/aelua`; `ae.help` shows the",
    "same. Dimensions, indices and classes count from 1; negative ones from the end. `f32` is the type that is computed",
    "in (a double in the reference build); images are [N,H,W,C].", "",
  }
  local chapters = {}
  for _, item in ipairs(items) do
    if item.kind == "namespace" then chapters[#chapters + 1] = item end
  end
  local at_top = { class = true, ["function"] = true, value = true }
  add_chapter(lines, "ae", select_items(items, function(item) return at_top[item.kind] end))
  add_chapter(lines, "Tensor methods", select_items(items, function(item) return item.kind == "method" end))
  for _, namespace in ipairs(chapters) do
    add_chapter(lines, namespace.path, namespace.members, namespace.entry().text)
  end
  local function operations(internal)
    return select_items(items, function(item) return item.kind == "operation" and (item.internal or false) == internal end)
  end
  add_chapter(lines, "Operations", operations(false))
  add_chapter(lines, "Operations that the layers use", operations(true))
  while lines[#lines] == "" do lines[#lines] = nil end
  return table.concat(lines, "\n") .. "\n"
end

return M
