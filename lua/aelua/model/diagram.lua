--- model:diagram(): a Mermaid flow chart, from the input through every layer to
--- the result; containers are subgraphs.
local layout = require "aelua.model.layout"
local shapes = require "aelua.base.shapes"

local function node_id(name) return "m_" .. name:gsub("[^%w]", "_") end

local function quoted(text) return '"' .. text:gsub('"', "#quot;") .. '"' end

-- Name of the module that holds `name`.
local function holder(name) return name:match("^(.*)%.[^.]+$") or "" end

---@param model aelua.Model
---@return string
return function(model)
  local lines, chain, open = { "flowchart TD" }, { "input" }, {}
  local function add(text) lines[#lines + 1] = ("  "):rep(#open + 1) .. text end
  local function close_until(name)
    while #open > 0 and name:sub(1, #open[#open] + 1) ~= open[#open] .. "." do
      open[#open] = nil
      add("end")
    end
  end

  add(("input([%s])"):format(quoted("input " .. shapes.text(model.input))))
  for _, row in ipairs(layout(model)) do
    close_until(row.name)
    if row.leaf and row.ran then
      local label = row.module:label()
      if holder(row.name) == "" then label = ("%s: %s"):format(row.key, label) end
      if row.output then label = label .. "<br/>" .. shapes.text(row.output) end
      add(("%s[%s]"):format(node_id(row.name), quoted(label)))
      chain[#chain + 1] = node_id(row.name)
    elseif not row.leaf then
      add(("subgraph %s [%s]"):format(node_id(row.name), quoted(tostring(row.key))))
      open[#open + 1] = row.name
    end
  end
  close_until("")
  add(("output([%s])"):format(quoted("output " .. shapes.text(model.output))))
  chain[#chain + 1] = "output"
  add(table.concat(chain, " --> "))
  return table.concat(lines, "\n")
end
