--- orthogonal(shape, gain): a random matrix whose rows or columns, whichever are
--- fewer, are orthonormal, times `gain`. The shape is taken as [all but the last,
--- last].
---
--- The rows of a Gaussian matrix, made orthonormal by modified Gram-Schmidt,
--- twice (Giraud and Langou: two passes leave an error of the order of the machine
--- epsilon). Made so, the result is distributed as a random rotation's rows are.
local core = require "aelua.core"

local ops = core.ops

local function orthonormalise(rows, n, width)
  for i = 1, n do
    local row = ops.narrow(rows, 1, i, 1)
    row:copy_(row / math.max(ops.sqrt(ops.sum(ops.square(row))):item(), 1e-30))
    if i < n then
      local rest = ops.narrow(rows, 1, i + 1, n - i)
      local share = ops.matmul(rest, ops.reshape(row, { width, 1 }))
      rest:copy_(rest - ops.matmul(share, row))
    end
  end
end

---@param shape integer[]
---@param gain number
---@return aelua.Tensor
return function(shape, gain)
  local columns = shape[#shape]
  local count = 1
  for _, size in ipairs(shape) do count = count * size end
  local lines = count // math.max(columns, 1)
  local few, many = math.min(lines, columns), math.max(lines, columns)
  if few == 0 then return ops.zeros(shape) end
  local rows = ops.randn({ few, many }, 0, 1)
  core.scope(function()
    orthonormalise(rows, few, many)
    orthonormalise(rows, few, many)
  end)
  if lines > columns then rows = ops.transpose(rows) end
  return ops.reshape(rows * gain, shape)
end
