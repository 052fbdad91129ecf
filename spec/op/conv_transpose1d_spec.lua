local ae = require "aelua"
local conv = require "spec.support.conv"
local op = require "spec.support.op"

describe("conv_transpose1d", function()
  local x, pair = { { { 1 }, { 2 } } }, { { { 1 } }, { { 10 } } } -- [1,2,1], [2,1,1]
  op.values("conv_transpose1d", {
    { x, pair, gives = { { { 1 }, { 12 }, { 20 } } } },
    { x, pair, { 0.5 }, attrs = { stride = 2, padding = "same" }, gives = { { { 1.5 }, { 10.5 }, { 2.5 }, { 20.5 } } } },
    { x, pair, attrs = { padding = { 1, 0 } }, gives = { { { 12 }, { 20 } } } },
    { x, pair, attrs = { stride = 3, output_padding = 2 },
      gives = { { { 1 }, { 10 }, { 0 }, { 2 }, { 20 }, { 0 }, { 0 } } } },
  })
  op.fixtures("conv_transpose1d", "conv", { rtol = op.is_double and 1e-9 or 1e-5, atol = op.is_double and 1e-10 or 2e-5 })
  local options = { around = conv.each_way, ulps = 32, grad_ulps = 128 }
  op.random("conv_transpose1d", options, conv.cases("conv_transpose1d", 1, true, 20))
  op.random("conv_transpose1d", { around = conv.each_way, ulps = 256, grad_ulps = 1024 }, {
    { { 7, 70, 32 }, { 7, 16, 32 }, { 16 }, attrs = { padding = "same", stride = 2, activation = "relu" }, large = true },
  })
  op.refuses("conv_transpose1d", {
    { { { 1, 2 } }, pair, code = "shape", says = "conv_transpose1d: x wants 3 dimensions [N,T,C], got [1, 2]" },
    { x, { 1 }, code = "shape", says = "conv_transpose1d: w wants 3 dimensions [R,K/groups,C], got [1]" },
    { x, pair, attrs = { padding = 2 }, code = "shape", says = "leaves nothing of the elements that x [1, 2, 1] gives" },
    { x, pair, attrs = { stride = 2, output_padding = 2 }, code = "invalid", says = "output_padding wants less than" },
  })

  it("is conv_transpose2d of one row", function()
    ae.seed(3)
    local input, w, b = ae.randn(2, 9, 3), ae.randn(4, 5, 3), ae.randn(5)
    local y = ae.conv_transpose1d(input, w, b, { stride = 2, padding = { 3, 1 } })
    local row = ae.conv_transpose2d(input:reshape(2, 1, 9, 3), w:reshape(1, 4, 5, 3), b,
      { stride = { 1, 2 }, padding = { 0, 0, 3, 1 } })
    assert.are.equal(0, (y - row:reshape(y.shape)):abs():max():item())
  end)
end)
