--- The modules below a model in order, with the shapes that one sample of zeros
--- gave them.
local core = require "aelua.core"
local shapes = require "aelua.base.shapes"

---@class aelua.LayoutRow
---@field name string dotted
---@field key string|integer its last part
---@field depth integer 1 directly below the model
---@field module aelua.Module
---@field output table? shape of a sample of its result; nil: not run, or no tensor
---@field parameters integer its own, without those of modules below it
---@field leaf boolean no modules below it

local function is_batch(value)
  if core.is_tensor(value) then return value.ndim > 0 end
  if type(value) ~= "table" or getmetatable(value) ~= nil then return false end
  for _, one in pairs(value) do
    if not core.is_tensor(one) or one.ndim == 0 then return false end
  end
  return next(value) ~= nil
end

-- Numbers of parameters by the name of the module that holds them.
local function own_counts(model, is_module)
  local counts = {}
  for name, parameter in model:named_parameters() do
    local owner = name
    repeat owner = owner:match("^(.*)%.[^.]+$") or "" until is_module[owner]
    counts[owner] = (counts[owner] or 0) + shapes.count(parameter.shape)
  end
  return counts
end

---@param model aelua.Model
---@return aelua.LayoutRow[]
return function(model)
  local outputs = {}
  model:quietly(model.watch, model, function(_, module, output)
    if is_batch(output) then outputs[module] = shapes.of_sample(output) end
  end, model.probe, model)

  local rows, is_module = {}, {}
  for name, module in model:named_modules() do
    is_module[name] = true
    if name ~= "" then
      local _, dots = name:gsub("%.", "")
      local key = name:match("[^.]+$")
      rows[#rows + 1] = {
        name = name, key = math.tointeger(tonumber(key)) or key, depth = dots + 1, module = module,
        output = outputs[module], leaf = module:children()[1] == nil,
      }
    end
  end
  local counts = own_counts(model, is_module)
  for _, row in ipairs(rows) do row.parameters = counts[row.name] or 0 end
  return rows
end
