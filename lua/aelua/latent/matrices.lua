--- Small square matrices as tables of rows, in Lua's doubles: what fitting a
--- mixture or finding principal components wants of linear algebra. Not for
--- training: nothing here is recorded.
local M = {}

--- The lower triangle L with L L^T = a; nil where a is not positive definite.
---@param a number[][] [n][n], symmetric
---@return number[][]?
function M.cholesky(a)
  local lower = {}
  for i = 1, #a do
    local row = {}
    for j = 1, #a do row[j] = 0 end
    lower[i] = row
    for j = 1, i do
      local other, sum = lower[j], a[i][j]
      for k = 1, j - 1 do sum = sum - row[k] * other[k] end
      if j < i then
        row[j] = sum / other[j]
      elseif sum > 0 then
        row[i] = math.sqrt(sum)
      else
        return nil
      end
    end
  end
  return lower
end

--- The inverse of a lower triangle, by forward substitution.
---@param lower number[][] [n][n], nothing on the diagonal is 0
---@return number[][]
function M.inverse_of_lower(lower)
  local n, inverse = #lower, {}
  for i = 1, n do
    local row = {}
    for j = 1, n do
      local sum = i == j and 1 or 0
      for k = j, i - 1 do sum = sum - lower[i][k] * inverse[k][j] end
      row[j] = j <= i and sum / lower[i][i] or 0
    end
    inverse[i] = row
  end
  return inverse
end

-- Turns rows and columns p and q of a, and columns p and q of v, so that a[p][q] becomes 0.
local function rotate(a, v, p, q)
  local theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
  local tangent = (theta < 0 and -1 or 1) / (math.abs(theta) + math.sqrt(theta * theta + 1))
  local cosine = 1 / math.sqrt(tangent * tangent + 1)
  local sine = tangent * cosine
  for _, rows in ipairs { a, v } do
    for k = 1, #a do
      local row = rows[k]
      row[p], row[q] = cosine * row[p] - sine * row[q], sine * row[p] + cosine * row[q]
    end
  end
  local first, second = a[p], a[q]
  for k = 1, #a do first[k], second[k] = cosine * first[k] - sine * second[k], sine * first[k] + cosine * second[k] end
end

--- Eigenvalues, largest first, and their vectors, one a row, of length 1, with
--- the component of greatest size positive. Jacobi's rotations in cyclic order
--- (Golub and Van Loan, Matrix Computations, 8.5).
---@param symmetric number[][] [n][n]
---@return number[] values
---@return number[][] vectors [n][n]
function M.eigen(symmetric)
  local n, a, v, scale = #symmetric, {}, {}, 0
  for i = 1, n do
    a[i], v[i] = table.move(symmetric[i], 1, n, 1, {}), {}
    for j = 1, n do
      v[i][j] = i == j and 1 or 0
      scale = math.max(scale, math.abs(a[i][j]))
    end
  end
  for _ = 1, 60 do
    local rest = 0
    for p = 1, n - 1 do
      for q = p + 1, n do
        if math.abs(a[p][q]) > 1e-15 * scale then
          rest = rest + 1
          rotate(a, v, p, q)
        end
      end
    end
    if rest == 0 then break end
  end
  local order = {}
  for i = 1, n do order[i] = i end
  table.sort(order, function(i, j)
    if a[i][i] ~= a[j][j] then return a[i][i] > a[j][j] end
    return i < j
  end)
  local values, vectors = {}, {}
  for place, column in ipairs(order) do
    local vector, greatest = {}, 0
    for i = 1, n do
      vector[i] = v[i][column]
      if math.abs(vector[i]) > math.abs(greatest) then greatest = vector[i] end
    end
    if greatest < 0 then
      for i = 1, n do vector[i] = -vector[i] end
    end
    values[place], vectors[place] = a[column][column], vector
  end
  return values, vectors
end

return M
