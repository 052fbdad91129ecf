local ae = require "aelua"
local channels = require "spec.support.channels"
local op = require "spec.support.op"
local pool = require "spec.support.pool"
local values = require "spec.support.values"

describe("max_pool", function()
  local x = { { { { 1 }, { 2 }, { 3 } }, { { 4 }, { 5 }, { 6 } }, { { 7 }, { 8 }, { 9 } } } } -- [1,3,3,1]
  op.values("max_pool2d", {
    { x, attrs = { size = 2 }, gives = { { { { 5 } } } } },
    { x, attrs = { size = 2, padding = "same" }, gives = { { { { 5 }, { 6 } }, { { 8 }, { 9 } } } },
      name = "same: the odd row and column are at the end" },
    { x, attrs = { size = { 1, 3 }, stride = 1 }, gives = { { { { 3 } }, { { 6 } }, { { 9 } } } } },
    { { { { { -1 } } } }, attrs = { size = 3, padding = 1 }, gives = { { { { -1 } } } }, name = "padding never wins" },
    { { { { { -math.huge } } } }, attrs = { size = 1 }, gives = { { { { -math.huge } } } } },
    { { { { { 1 }, { 0 / 0 }, { 3 } } } }, attrs = { size = { 1, 3 } }, gives = { { { { 0 / 0 } } } }, name = "nan" },
  })
  op.values("max_pool1d", {
    { { { { 3 }, { 1 }, { 2 } } }, attrs = { size = 2, stride = 1 }, gives = { { { 3 }, { 2 } } } },
    { { { { 3 }, { 1 }, { 2 } } }, attrs = { size = 2, padding = "same" }, gives = { { { 3 }, { 2 } } } },
  })
  op.fixtures("max_pool1d", "pictures")
  op.fixtures("max_pool2d", "pictures")
  op.random("max_pool1d", { spread = true, ulps = 0 }, pool.cases("max_pool1d", 1, 10))
  op.random("max_pool2d", { spread = true, ulps = 0 }, pool.cases("max_pool2d", 2, 20))
  op.random("max_pool2d", { spread = true, ulps = 0 }, {
    { { 0, 4, 4, 2 }, attrs = { size = 2 } }, { { 1, 4, 4, 0 }, attrs = { size = 2 } },
    { { 1, 0, 4, 2 }, attrs = { size = 2, padding = "same" } }, { { 2, 5, 7, 3 }, attrs = { size = 2 } },
    { { 2, 5, 7, 3 }, attrs = { size = 3, padding = { 1, 0, 2, 1 } } },
    { { 1, 18, 18, 1 }, attrs = { size = 17, stride = 1 }, large = true }, -- more places than a byte has
    { { 9, 28, 28, 33 }, attrs = { size = 2, padding = "same" }, large = true },
  })
  local exact = { rtol = 0, atol = 0 }
  local function with_equals(given) given:copy_(given:round()) end
  local function with_nan(given)
    with_equals(given)
    given[1][3][2]:fill_(0 / 0)
  end
  channels.each_as_alone("max_pool2d", { 2, 5, 6 }, { size = 2, padding = "same" }, exact, with_nan)
  channels.each_as_alone("max_pool2d", { 2, 6, 7 }, { size = 3, stride = 2, padding = 1 }, { atol = 1e-5 }, with_nan)
  channels.each_as_alone("max_pool2d", { 1, 18, 17 }, { size = 17, stride = 1 }, exact, with_equals)
  channels.each_as_alone("max_pool2d", { 2, 5, 7 }, { size = { 2, 3 } }, exact, with_nan) -- leaves a row and a column
  channels.each_as_alone("max_pool1d", { 2, 9 }, { size = 4, stride = 3, padding = "same" }, exact, with_equals)
  op.refuses("max_pool2d", {
    { { { 1, 2 } }, attrs = { size = 2 }, code = "shape", says = "max_pool2d: x wants 4 dimensions [N,H,W,C], got [1, 2]" },
    { x, code = "invalid", says = { "max_pool2d", "size" } },
    { x, attrs = { size = 4 }, code = "shape",
      says = "max_pool2d: the window covers 4 rows (4 taps, dilation 1), x [1, 3, 3, 1] has 3 with padding 0 + 0" },
    { x, attrs = { size = 0 }, code = "invalid", says = "max_pool2d: size wants 1 to 2147483647, got 0" },
    { x, attrs = { size = {} }, code = "invalid", says = "max_pool2d: size wants a number, got none" },
    { x, attrs = { size = 2, stride = 0 }, code = "invalid", says = "max_pool2d: stride wants 1 to" },
    { x, attrs = { size = 2, padding = 2 }, code = "invalid",
      says = "max_pool2d: padding wants less than the window's size (2), got 2" },
    { op.u8 { { { { 1 } } } }, attrs = { size = 1 }, code = "type", says = "max_pool2d: x wants f" },
  })
  op.refuses("max_pool1d", {
    { { { 1, 2 } }, attrs = { size = 2 }, code = "shape", says = "max_pool1d: x wants 3 dimensions [N,T,C], got [1, 2]" },
    { { { { 1 } } }, attrs = { size = 2 }, code = "shape", says = "the window covers 2 elements" },
  })

  it("gives the gradient to the first of several equal elements", function()
    local flat = ae.ones(1, 2, 2, 1):require_grad(true)
    flat:max_pool2d(2):sum():backward()
    values.assert_values(flat.grad, { 1, 0, 0, 0 }, { 1, 2, 2, 1 })
  end)
end)
