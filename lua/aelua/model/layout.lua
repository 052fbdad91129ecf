--- The modules below a model in order, with the shapes that one sample of zeros
--- gave them. Of a class whose field `whole` is true nothing below is shown; nor is
--- what holds no parameters and was not run.
local core = require "aelua.core"
local shapes = require "aelua.base.shapes"

---@class aelua.LayoutRow
---@field name string dotted
---@field key string|integer its last part
---@field depth integer 1 directly below the model
---@field module aelua.Module
---@field output table? shape of a sample of its result; nil: not run, or no tensor
---@field parameters integer its own, without those of modules below it
---@field leaf boolean no modules below it are shown
---@field ran boolean

local function is_batch(value)
  if core.is_tensor(value) then return value.ndim > 0 end
  if type(value) ~= "table" or getmetatable(value) ~= nil then return false end
  for _, one in pairs(value) do
    if not core.is_tensor(one) or one.ndim == 0 then return false end
  end
  return next(value) ~= nil
end

-- Numbers of parameters by the name of the module that holds them.
local function own_counts(model, is_shown)
  local counts = {}
  for name, parameter in model:named_parameters() do
    local owner = name
    repeat owner = owner:match("^(.*)%.[^.]+$") or "" until is_shown[owner]
    counts[owner] = (counts[owner] or 0) + shapes.count(parameter.shape)
  end
  return counts
end

-- The shape of a sample of what a module gave: tensors, or a distribution.
local function shape_of(output)
  if is_batch(output) then return shapes.of_sample(output) end
  if type(output) ~= "table" or getmetatable(output) == nil or not output.parameters then return nil end
  local shape = output:shape()
  return table.move(shape, 2, #shape, 1, {})
end

-- The modules that are shown, as rows without their numbers of parameters.
local function shown(model, outputs, ran)
  local rows, is_shown, whole = {}, { [""] = true }, nil
  for name, module in model:named_modules() do
    local hidden = whole and name:sub(1, #whole + 1) == whole .. "."
    if name ~= "" and not hidden then
      whole = module.whole and name or nil
      is_shown[name] = true
      local _, dots = name:gsub("%.", "")
      local key = name:match("[^.]+$")
      rows[#rows + 1] = {
        name = name, key = math.tointeger(tonumber(key)) or key, depth = dots + 1, module = module,
        output = outputs[module], leaf = module.whole or module:children()[1] == nil, ran = ran[module] or false,
      }
    end
  end
  return rows, is_shown
end

---@param model aelua.Model
---@return aelua.LayoutRow[]
return function(model)
  local outputs, ran = {}, {}
  model:quietly(model.watch, model, function(_, module, output)
    outputs[module], ran[module] = shape_of(output), true
  end, model.probe, model)
  local rows, is_shown = shown(model, outputs, ran)
  local counts, kept = own_counts(model, is_shown), {}
  for _, row in ipairs(rows) do
    row.parameters = counts[row.name] or 0
    if row.ran or row.parameters > 0 or not row.leaf then kept[#kept + 1] = row end
  end
  return kept
end
