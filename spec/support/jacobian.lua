--- Derivatives by differences, for what states a determinant of its own.
local ae = require "aelua"

local M = {}

local is_double = ae.real == "f64"
local step = is_double and 1e-5 or 1e-2

--- How far numbers by differences may lie from those stated.
M.tolerance = is_double and 1e-7 or 2e-2

--- d y_i / d x_j of a function of vectors.
---@param fn fun(x: userdata): userdata of [1, D]
---@param x userdata [1, D]
---@return number[][]
function M.of(fn, x)
  local size, rows = x.shape[2], {}
  for j = 1, size do
    local ends = {}
    for _, sign in ipairs { 1, -1 } do
      local moved = x:clone()
      moved[1][j] = moved[1][j]:item() + sign * step
      ends[sign] = ae.no_grad(fn, moved)[1]:totable()
    end
    for i = 1, #ends[1] do
      rows[i] = rows[i] or {}
      rows[i][j] = (ends[1][i] - ends[-1][i]) / (2 * step)
    end
  end
  return rows
end

--- log |determinant| of a square matrix, by elimination with pivots.
---@param matrix number[][]
---@return number
function M.log_determinant(matrix)
  local a, size, sum = {}, #matrix, 0
  for i, row in ipairs(matrix) do a[i] = table.move(row, 1, size, 1, {}) end
  for k = 1, size do
    local pivot = k
    for i = k + 1, size do
      if math.abs(a[i][k]) > math.abs(a[pivot][k]) then pivot = i end
    end
    a[k], a[pivot] = a[pivot], a[k]
    sum = sum + math.log(math.abs(a[k][k]))
    for i = k + 1, size do
      local share = a[i][k] / a[k][k]
      for j = k, size do a[i][j] = a[i][j] - share * a[k][j] end
    end
  end
  return sum
end

return M
