local ae = require "aelua"
local nn = ae.nn

describe("orthogonal", function()
  before_each(function() ae.seed(8) end)

  local bound = ae.real == "f64" and 1e-12 or 2e-6

  local function deviation(w)
    local shape = w.shape
    local few = math.min(shape[1], shape[2])
    local t = w:permute { 2, 1 }
    local product = shape[1] < shape[2] and w:matmul(t) or t:matmul(w)
    return (product - ae.eye(few)):abs():max():item()
  end

  for _, shape in ipairs { { 1, 1 }, { 5, 5 }, { 64, 64 }, { 100, 7 }, { 7, 100 }, { 1, 9 }, { 9, 1 } } do
    it(("has orthonormal rows or columns: %d x %d"):format(shape[1], shape[2]), function()
      assert.is_true(deviation(nn.init.orthogonal()(shape)) < bound)
    end)
  end

  it("is scaled by its gain and follows a convolution's shape", function()
    local w = nn.init.orthogonal(2)({ 3, 3, 2, 6 })
    assert.same({ 3, 3, 2, 6 }, w.shape)
    assert.is_true(deviation((w / 2):reshape { 18, 6 }) < bound)
  end)

  it("is random: neither the identity nor twice the same", function()
    local a, b = nn.init.orthogonal()({ 4, 4 }), nn.init.orthogonal()({ 4, 4 })
    assert.not_same(a:totable(), b:totable())
  end)
end)
