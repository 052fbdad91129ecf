--- New parameters.
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local shapes = require "aelua.base.shapes"

local ops = core.ops

local M = {}

-- Set while weights are only made to be overwritten from a file; see `blank`.
local allowance

--- fn(...), in which new parameters are zeros, draw nothing from the random
--- stream and hold `most` numbers at most: what describes a file's model cannot
--- ask for more memory than the file's own weights take.
---@param most integer
---@param fn function
function M.blank(most, fn, ...)
  local before = allowance
  allowance = most
  local results = table.pack(pcall(fn, ...))
  allowance = before
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

local function spend(who, shape)
  local count = 1
  for _, size in ipairs(shape) do
    errors.check(size == 0 or count <= allowance // size, "format",
      "%s: weights %s are more than the file holds", who, shapes.text(shape))
    count = count * size
  end
  allowance = allowance - count
end

--- The new tensor that an initialiser gives, checked, as a parameter. A shape of more
--- elements than can be counted raises before the initialiser, which counts on that.
---@param who string
---@param initializer function|aelua.Initializer
---@param shape integer[]
---@param fan_in integer
---@param fan_out integer
---@return aelua.Tensor
function M.new(who, initializer, shape, fan_in, fan_out)
  if allowance then
    spend(who, shape)
    initializer = function() return ops.zeros(shape) end
  end
  shapes.count(shape, who)
  local tensor = core.no_grad(initializer, shape, fan_in, fan_out)
  errors.check(core.is_tensor(tensor), "type", "%s: the initialiser wants to give a tensor, got %s", who, type(tensor))
  local got = tensor.shape
  errors.check(shapes.equal(got, shape), "shape", "%s: the initialiser wants to give the shape %s, got %s", who,
    shapes.text(shape), shapes.text(got))
  tensor:require_grad(true)
  return core.keep(tensor)
end

return M
