--- Optimisers. Each takes modules, parameters and groups in its array part:
---
---   optim.Adam { model, lr = 1e-3 }
---   optim.SGD { { encoder, lr = 1e-4 }, { decoder }, lr = 1e-3, momentum = 0.9 }
local Optimizer = require "aelua.optim.optimizer"
local errors = require "aelua.base.errors"
local named = require "aelua.base.named"
local names = require "aelua.base.names"

local M = {
  Optimizer = Optimizer,
  SGD = require "aelua.optim.sgd",
  Adam = require "aelua.optim.adam",
  AdamW = require "aelua.optim.adamw",
  NAdam = require "aelua.optim.nadam",
  RMSprop = require "aelua.optim.rmsprop",
  Adagrad = require "aelua.optim.adagrad",
}

local by_name = {
  sgd = M.SGD, adam = M.Adam, adamw = M.AdamW, nadam = M.NAdam, rmsprop = M.RMSprop, adagrad = M.Adagrad,
}

--- The class of a name: "sgd", "adam", "adamw", "nadam", "rmsprop", "adagrad".
---@param name string
---@return aelua.Optimizer
function M.by_name(name)
  local found = type(name) == "string" and by_name[name:lower()]
  if not found then
    errors.raise("invalid", ("optim has no optimiser '%s'%s"):format(tostring(name), names.hint(name, by_name)), 2)
  end
  return found
end

--- An optimiser of what a script may say where one is wanted: an optimiser, a
--- name, or a name with options as in { "adam", lr = 1e-4 }. One that was made
--- without modules is given `model`.
---@param value any
---@param model any
---@return aelua.Optimizer
function M.get(value, model)
  if Optimizer.is(value) then return value:attach(model) end
  if type(value) == "string" then return M.by_name(value) { model } end
  if type(value) == "table" and type(value[1]) == "string" then
    local class, given = M.by_name(value[1]), { model }
    named.check_form("fit", "optimizer", value)
    for key, option in pairs(value) do
      if key ~= 1 then given[key] = option end
    end
    return class(given)
  end
  return errors.raise("invalid", ("optimizer wants an optimiser, its name or { \"sgd\", lr = 0.1 }, got %s"):format(
    errors.kind(value)), 2)
end

return names.strict(M, "optim")
