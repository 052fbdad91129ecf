--- An entry as text for the terminal.
local M = {}

local width = 90

--- `text` in lines of at most `width` characters; `indent` stands before all.
---@param lines string[]
---@param text string
---@param indent string
local function wrap(lines, text, indent)
  local line = indent
  for word in text:gmatch("%S+") do
    if #line > #indent and #line + 1 + #word > width then
      lines[#lines + 1] = line
      line = indent
    end
    line = line .. (#line > #indent and " " or "") .. word
  end
  lines[#lines + 1] = line
end

-- Prose wraps paragraph by paragraph; indented lines keep their form.
local function add_prose(lines, prose, by_line)
  local paragraph = {}
  local function flush()
    if #paragraph > 0 then wrap(lines, table.concat(paragraph, " "), "  ") end
    paragraph = {}
  end
  for _, line in ipairs(prose) do
    if line == "" then
      flush()
      lines[#lines + 1] = ""
    elseif line:match("^%s%s") then
      flush()
      lines[#lines + 1] = "  " .. line
    else
      paragraph[#paragraph + 1] = line
      if by_line then flush() end
    end
  end
  flush()
end

local function add_items(lines, items)
  local columns = 0
  for _, item in ipairs(items) do columns = math.max(columns, #item.name) end
  columns = math.min(columns, 24)
  for _, item in ipairs(items) do
    local head = item.name == "" and "" or ("%-" .. columns .. "s  "):format(item.name)
    local body = item.type == "" and item.text or ("(%s) %s"):format(item.type, item.text)
    local wrapped = {}
    wrap(wrapped, body, (" "):rep(4 + #head))
    wrapped[1] = "    " .. head .. wrapped[1]:sub(5 + #head)
    table.move(wrapped, 1, #wrapped, #lines + 1, lines)
  end
end

---@param entry aelua.HelpEntry
---@return string
function M.render(entry)
  local lines = { entry.title }
  if entry.also then lines[#lines + 1] = entry.also end
  add_prose(lines, entry.text, entry.by_line)
  for _, section in ipairs(entry.sections) do
    lines[#lines + 1] = ""
    lines[#lines + 1] = "  " .. section.title
    add_items(lines, section.items)
  end
  return table.concat(lines, "\n")
end

return M
