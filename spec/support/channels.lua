--- Operations that treat channels alike and take several at once: each channel alone is the plain path.
local busted = require "busted"
local ae = require "aelua"
local core = require "aelua.core"
local values = require "spec.support.values"

local M = {}

-- The result and the gradient, where every element of the result counts differently.
local function run(op, x, attrs, weight)
  x = x:detach():clone():require_grad(true)
  local y = op(x, attrs)
  local factor = weight:expand(y.shape)
  ;(y * factor):sum():backward()
  return y, x.grad
end

--- States that with many channels every one has the result and the gradient that it has alone.
---@param name string of the operation
---@param shape integer[] without the channels
---@param attrs table
---@param tolerance? { rtol?: number, atol?: number }
---@param edit? fun(x: aelua.Tensor) changes x
function M.each_as_alone(name, shape, attrs, tolerance, edit)
  for _, channels in ipairs { 3, 29, 40 } do
    busted.it(("%s treats each of %d channels as it does one alone"):format(name, channels), function()
      ae.seed(channels)
      local op = core.ops[name]
      local full = table.move(shape, 1, #shape, 1, {})
      full[#full + 1] = channels
      local x, last = ae.randn(full) * 3, #full
      if edit then edit(x) end
      local y = op(x, attrs)
      local rows = {}
      for i = 1, #y.shape - 1 do rows[i] = y.shape[i] end
      rows[#rows + 1] = 1
      local weight = ae.randn(rows)
      local all, gradient = run(op, x, attrs, weight)
      for c = 1, channels do
        local one, alone = run(op, x:narrow(last, c, 1), attrs, weight)
        values.assert_values(all:narrow(last, c, 1), values.flat(one), one.shape, tolerance)
        values.assert_values(gradient:narrow(last, c, 1), values.flat(alone), alone.shape, tolerance)
      end
    end)
  end
end

return M
