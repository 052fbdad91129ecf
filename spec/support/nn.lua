--- Specs of layers and models: fixtures of scripts/fixtures/nn.py, comparisons,
--- errors.
local ae = require "aelua"
local core = require "aelua.core"

local M = {}

local fixtures

--- The cases that spec/fixtures/nn.json has under `name`.
---@param name string
---@return table[]
function M.cases(name)
  if not fixtures then
    local file <close> = assert(io.open("spec/fixtures/nn.json", "rb"))
    fixtures = core.json.decode(file:read("a"))
  end
  return assert(fixtures[name], "no fixtures called " .. name)
end

local tolerance = ae.real == "f64" and 1e-10 or 2e-5

--- Fails where the tensor is not what the nested table says, within a tolerance
--- relative to the larger of 1 and the value.
---@param wanted table|number
---@param tensor userdata
---@param what? string
function M.near(wanted, tensor, what)
  local wanted_tensor = ae.tensor(type(wanted) == "table" and wanted or { wanted })
  local shape, got = tensor.shape, tensor
  if type(wanted) == "number" then shape, got = { 1 }, tensor:reshape { 1 } end
  local wanted_shape = wanted_tensor.shape
  assert(table.concat(wanted_shape, ",") == table.concat(shape, ","), ("%s: wants the shape [%s], got [%s]"):format(
    what or "tensor", table.concat(wanted_shape, ", "), table.concat(shape, ", ")))
  local a, b = wanted_tensor:reshape { -1 }:totable(), got:detach():reshape { -1 }:totable()
  for i = 1, #a do
    local apart = math.abs(a[i] - b[i])
    if apart ~= apart or apart > tolerance * math.max(1, math.abs(a[i])) then
      error(("%s: element %d wants %.9g, got %.9g"):format(what or "tensor", i, a[i], b[i]), 2)
    end
  end
end

--- Fails unless fn(...) raises an error whose text matches; returns the error.
---@param pattern string
---@param fn function
function M.raises(pattern, fn, ...)
  local ok, failure = pcall(fn, ...)
  if ok then error("wanted an error that matches: " .. pattern, 2) end
  if not tostring(failure):find(pattern) then
    error(("wanted an error that matches '%s', got: %s"):format(pattern, tostring(failure)), 2)
  end
  return failure
end

--- A name in the temporary folder that nothing has yet; what is written there is
--- removed by `clean`.
local made = {}
function M.temporary(ending)
  local path = os.tmpname()
  os.remove(path)
  path = path .. (ending or "")
  made[#made + 1] = path
  return path
end

function M.clean()
  for _, path in ipairs(made) do os.remove(path) end
  made = {}
end

return M
