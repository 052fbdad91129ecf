--- model:summary(): a line for each module, indented by depth, and totals.
local core = require "aelua.core"
local layout = require "aelua.model.layout"
local shapes = require "aelua.base.shapes"

-- 1234567 as 1,234,567.
local function grouped(n)
  local text, changed = tostring(n), 1
  while changed > 0 do text, changed = text:gsub("^(%d+)(%d%d%d)", "%1,%2") end
  return text
end

local function bytes_text(bytes)
  if bytes < 1024 then return ("%d B"):format(bytes) end
  if bytes < 1024 ^ 2 then return ("%.1f KiB"):format(bytes / 1024) end
  return ("%.1f MiB"):format(bytes / 1024 ^ 2)
end

local function title(row)
  local key = row.key or row.name
  local name = math.type(key) == "integer" and ("%d %s"):format(key, row.module:label())
    or ("%s: %s"):format(key, row.module:label())
  return ("  "):rep(row.depth - 1) .. name
end

local function width_of(rows, column)
  local width = 0
  for _, row in ipairs(rows) do width = math.max(width, #row[column]) end
  return width
end

local function parameters_line(model)
  local all, trained = model:count_parameters(), model:count_parameters { trainable = true }
  local frozen = all > trained and (", %s of them frozen"):format(grouped(all - trained)) or ""
  return ("parameters: %s%s (%s)"):format(grouped(all), frozen, bytes_text(all * (core.real == "f64" and 8 or 4)))
end

local function compression_line(model)
  local before, after = shapes.count(model.input), model:code_values()
  return ("compression: %s to %s values, %.4g : 1"):format(grouped(before), grouped(after), model:compression_ratio())
end

---@param model aelua.Model
---@return string
return function(model)
  local rows = { { "layer", "output shape", "parameters" }, { "input", shapes.text(model.input), "" } }
  for _, row in ipairs(layout(model)) do
    rows[#rows + 1] = {
      title(row),
      row.output and shapes.text(row.output) or "",
      (row.parameters > 0 or row.leaf) and grouped(row.parameters) or "",
    }
  end
  local first, second, third = width_of(rows, 1), width_of(rows, 2), width_of(rows, 3)
  local rule = ("-"):rep(first + second + third + 4)
  local lines = { model.name and ("%s (%s)"):format(model.name, model.class_name) or model.class_name, rule }
  for i, row in ipairs(rows) do
    local line = ("%-" .. first .. "s  %-" .. second .. "s  %" .. third .. "s"):format(row[1], row[2], row[3])
    lines[#lines + 1] = line:match("^(.-)%s*$")
    if i == 1 then lines[#lines + 1] = rule end
  end
  lines[#lines + 1] = rule
  lines[#lines + 1] = parameters_line(model)
  lines[#lines + 1] = compression_line(model)
  return table.concat(lines, "\n")
end
