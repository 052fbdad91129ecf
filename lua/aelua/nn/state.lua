--- Copying saved tensors into a module: everything is checked before anything
--- is changed.
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local shapes = require "aelua.base.shapes"

local M = {}

local most_listed = 5

local function listing(list)
  table.sort(list)
  local shown = table.concat(list, ", ", 1, math.min(#list, most_listed))
  if #list > most_listed then shown = ("%s and %d more"):format(shown, #list - most_listed) end
  return shown
end

local function check_names(who, module, wanted, dict)
  local missing, surplus = {}, {}
  for name in pairs(wanted) do
    if dict[name] == nil then missing[#missing + 1] = name end
  end
  for name in pairs(dict) do
    if not wanted[name] then surplus[#surplus + 1] = tostring(name) end
  end
  local name, below = module:first_unbuilt()
  local hint = name and ("; %s %s is not built: call build(shape) or forward first"):format(name, below.class_name) or ""
  errors.check(#missing == 0, "state", "%s: missing: %s%s", who, listing(missing), hint)
  errors.check(#surplus == 0, "state", "%s: the module has no %s%s", who, listing(surplus), hint)
end

local function check_tensor(who, name, wanted, given)
  errors.check(core.is_tensor(given), "type", "%s: '%s' wants a tensor, got %s", who, name, type(given))
  errors.check(wanted.dtype == given.dtype, "type", "%s: '%s' wants %s, got %s", who, name, wanted.dtype, given.dtype)
  local a, b = wanted.shape, given.shape
  errors.check(shapes.equal(a, b), "shape", "%s: '%s' wants the shape %s, got %s", who, name,
    shapes.text(a), shapes.text(b))
end

--- Copies `dict` into the tensors of `entries`.
---@param who string how messages begin
---@param module table
---@param entries aelua.Entry[]
---@param dict table<string, aelua.Tensor>
function M.load(who, module, entries, dict)
  errors.check(type(dict) == "table", "invalid", "%s wants a table of tensors by name, got %s", who, type(dict))
  local wanted = {}
  for _, entry in ipairs(entries) do wanted[entry.name] = entry.value end
  check_names(who, module, wanted, dict)
  for _, entry in ipairs(entries) do check_tensor(who, entry.name, entry.value, dict[entry.name]) end
  core.no_grad(function()
    for _, entry in ipairs(entries) do entry.value:copy_(dict[entry.name]) end
  end)
end

return M
