--- A model and data small enough to follow by hand: y = w * x on one weight,
--- fitted by least squares, for specs of the training loop.
local ae = require "aelua"

local M = {}

--- A model that answers what fit asks: one weight, loss mean((w x - t)^2).
function M.model(start)
  local weight = ae.tensor({ start or 0 })
  weight:require_grad(true)
  local model = { class_name = "Toy", training = true, weight = weight, modes = {} }
  function model:train() self.training = true end
  function model:eval() self.training = false end
  function model:losses(batch)
    self.modes[#self.modes + 1] = self.training
    local prediction = batch.input * self.weight
    local loss = (prediction - batch.target):square():mean()
    return loss, { fit = loss }, prediction
  end
  function model:parameters() return { self.weight } end
  function model:named_parameters()
    local given
    return function()
      if given then return nil end
      given = true
      return "weight", self.weight
    end
  end
  function model:named_modules() return function() end end
  function model:state_dict() return { weight = self.weight } end
  function model:load_state_dict(dict) ae.no_grad(function() self.weight:copy_(dict.weight) end) end
  return model
end

--- `n` pairs x, 2x with x drawn from a seed.
function M.pairs(n, seed)
  ae.seed(seed or 1)
  local x = ae.rand(n, 1)
  return ae.data.pairs(x, x * 2)
end

return M
