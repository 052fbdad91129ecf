local matrices = require "aelua.latent.matrices"

local function product(a, b)
  local c = {}
  for i = 1, #a do
    c[i] = {}
    for j = 1, #b[1] do
      local sum = 0
      for k = 1, #b do sum = sum + a[i][k] * b[k][j] end
      c[i][j] = sum
    end
  end
  return c
end

local function transposed(a)
  local t = {}
  for j = 1, #a[1] do
    t[j] = {}
    for i = 1, #a do t[j][i] = a[i][j] end
  end
  return t
end

local function assert_near(want, got, tolerance)
  for i = 1, #want do
    for j = 1, #want[i] do assert.near(want[i][j], got[i][j], tolerance) end
  end
end

-- A symmetric matrix that is positive definite: a a^T + 1.
local function made(n)
  local a, state = {}, 12345
  for i = 1, n do
    a[i] = {}
    for j = 1, n do
      state = (state * 1103515245 + 12345) % (1 << 31)
      a[i][j] = state / (1 << 30) - 1
    end
  end
  local s = product(a, transposed(a))
  for i = 1, n do s[i][i] = s[i][i] + 1 end
  return s
end

describe("matrices", function()
  it("cholesky: L L^T is the matrix, nothing stands above the diagonal", function()
    for _, n in ipairs { 1, 2, 7, 20 } do
      local s = made(n)
      local lower = matrices.cholesky(s)
      assert_near(s, product(lower, transposed(lower)), 1e-12 * n)
      for i = 1, n do
        for j = i + 1, n do assert.equal(0, lower[i][j]) end
      end
    end
  end)

  it("cholesky of what is not positive definite is nil", function()
    assert.is_nil(matrices.cholesky { { 1, 2 }, { 2, 1 } })
    assert.is_nil(matrices.cholesky { { 0 } })
    assert.is_nil(matrices.cholesky { { 0 / 0 } })
  end)

  it("inverse_of_lower: times the triangle it is 1", function()
    local lower = matrices.cholesky(made(9))
    local unit = product(lower, matrices.inverse_of_lower(lower))
    for i = 1, 9 do
      for j = 1, 9 do assert.near(i == j and 1 or 0, unit[i][j], 1e-12) end
    end
  end)

  it("eigen: V S V^T is diagonal, largest first, rows of length 1, the greatest component positive", function()
    for _, n in ipairs { 1, 2, 3, 16 } do
      local s = made(n)
      local values, vectors = matrices.eigen(s)
      local diagonal = product(product(vectors, s), transposed(vectors))
      for i = 1, n do
        local greatest, length = 0, 0
        for j = 1, n do
          assert.near(i == j and values[i] or 0, diagonal[i][j], 1e-10 * n)
          if math.abs(vectors[i][j]) > math.abs(greatest) then greatest = vectors[i][j] end
          length = length + vectors[i][j] ^ 2
        end
        assert.near(1, length, 1e-12)
        assert.is_true(greatest > 0)
        assert.is_true(i == 1 or values[i] <= values[i - 1])
      end
    end
  end)

  it("eigen leaves its argument alone, and knows a diagonal matrix and zeros", function()
    local s = { { 1, 0, 0 }, { 0, 5, 0 }, { 0, 0, 3 } }
    local values, vectors = matrices.eigen(s)
    assert.same({ 5, 3, 1 }, values)
    assert.same({ { 0, 1, 0 }, { 0, 0, 1 }, { 1, 0, 0 } }, vectors)
    assert.same({ { 1, 0, 0 }, { 0, 5, 0 }, { 0, 0, 3 } }, s)
    assert.same({ 0, 0 }, (matrices.eigen { { 0, 0 }, { 0, 0 } }))
  end)
end)
