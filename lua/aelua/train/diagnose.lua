--- Where a loss that is not finite came from: the first layer, in the order in
--- which they ran, whose output is not finite.
local core = require "aelua.core"

local M = {}

local function finite(value)
  if type(value) == "table" then
    if getmetatable(value) ~= nil then value = value.parameters or {} end -- a distribution's, or nothing known
    for _, one in pairs(value) do
      if not finite(one) then return false end
    end
    return true
  end
  if not core.is_tensor(value) or value.dtype == "u8" or value.dtype == "i32" then return true end
  return value:isfinite():all():item() == 1
end

--- Runs the batch's losses again with every layer watched.
---@param model table with watch(seen, fn, ...), which nn.Module has, and losses(batch)
---@param batch table
---@return string what was found, for a message
---@return boolean? of_data whether it is the batch's doing
function M.first_not_finite(model, batch)
  if not finite(batch.input) then return "the batch's input is not finite", true end
  if batch.target and not finite(batch.target) then return "the batch's target is not finite", true end
  for name, parameter in model:named_parameters() do
    if not finite(parameter) then return ("the weights of %s are not finite"):format(name) end
  end
  if not model.watch then return "data and weights are finite, what the model makes of them is not" end
  local found
  pcall(model.watch, model, function(place, module, output)
    if not found and not finite(output) then found = ("the output of %s (%s)"):format(place, module.class_name) end
  end, core.no_grad, model.losses, model, batch)
  return found and found .. " is not finite" or "data, weights and every layer's output are finite, what the loss makes of "
    .. "them is not"
end

return M
