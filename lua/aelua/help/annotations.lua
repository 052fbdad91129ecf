--- LuaCATS annotations of the operations, which are written in C, for language
--- servers: as functions of `ae` and as methods of tensors.
local core = require "aelua.core"
local help_entry = require "aelua.help.entry"

local M = {}

local function comment(lines, text)
  for _, line in ipairs(text) do lines[#lines + 1] = line == "" and "---" or "--- " .. line end
end

local function input_type(input)
  return input.list and "aelua.Tensor[]" or input.number and "aelua.Tensor|number" or "aelua.Tensor"
end

local function add_function(lines, entry, operation, owner, from)
  comment(lines, entry.text)
  local names = {}
  local function param(name, optional, kind, text)
    names[#names + 1] = name
    lines[#lines + 1] = ("---@param %s%s %s %s"):format(name, optional and "?" or "", kind, text):gsub("%s+$", "")
  end
  local inputs, attributes
  for _, section in ipairs(entry.sections) do
    if section.title == "Inputs" then inputs = section.items end
    if section.title:find("^Attributes") then attributes = section.items end
  end
  for i = from, #operation.inputs do
    local input = operation.inputs[i]
    param(input.name, input.optional, input_type(input), (inputs[i].text:gsub("\n", " ")))
  end
  -- Attributes come in order or in one table, so the first may be that table.
  for i, attribute in ipairs(operation.attributes) do
    local kind = attributes[i].type .. (i == 1 and "|table" or "")
    param(attribute.name, not attribute.required, kind, (attributes[i].text:gsub("\n", " ")))
  end
  for i = 1, operation.outputs do
    local text = i == 1 and operation.result or ""
    lines[#lines + 1] = ("---@return aelua.Tensor %s"):format(text ~= "" and "# " .. text:gsub("\n", " ") or ""):gsub("%s+$", "")
  end
  lines[#lines + 1] = ("function %s%s(%s) end"):format(owner, operation.name, table.concat(names, ", "))
  lines[#lines + 1] = ""
end

---@return string
function M.render()
  local lines = {
    "---@meta aelua", "-- Made by scripts/make-docs from the operations' descriptors in src/op.", "",
    "---@class aelua", "local ae = {}", "", "---@class aelua.Tensor", "local Tensor = {}", "",
  }
  for _, name in ipairs(core.operations()) do
    local operation, entry = core.describe(name), help_entry.operation(name)
    if not operation.internal then
      add_function(lines, entry, operation, "ae.", 1)
      local first = operation.inputs[1]
      if first and not first.list and not operation.no_method then add_function(lines, entry, operation, "Tensor:", 2) end
    end
  end
  lines[#lines + 1] = "return ae"
  return table.concat(lines, "\n") .. "\n"
end

return M
