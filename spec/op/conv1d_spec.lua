local ae = require "aelua"
local conv = require "spec.support.conv"
local op = require "spec.support.op"

describe("conv1d", function()
  local x, pair = { { { 1 }, { 2 }, { 3 } } }, { { { 1 } }, { { 10 } } } -- [1,3,1], [2,1,1]
  op.values("conv1d", {
    { x, pair, gives = { { { 21 }, { 32 } } } },
    { x, pair, { 0.5 }, attrs = { padding = "same" }, gives = { { { 21.5 }, { 32.5 }, { 3.5 } } } },
    { x, pair, attrs = { padding = { 1, 0 } }, gives = { { { 10 }, { 21 }, { 32 } } }, name = "causal" },
    { x, pair, attrs = { dilation = 2 }, gives = { { { 31 } } } },
    { x, pair, attrs = { stride = 2, padding = 1 }, gives = { { { 10 }, { 32 } } } },
  })
  op.fixtures("conv1d", "conv", { rtol = op.is_double and 1e-9 or 1e-5, atol = op.is_double and 1e-10 or 2e-5 })
  op.random("conv1d", { around = conv.each_way, ulps = 32, grad_ulps = 128 }, conv.cases("conv1d", 1, false, 20))
  op.random("conv1d", { around = conv.each_way, ulps = 256, grad_ulps = 1024 }, {
    { { 7, 140, 1 }, { 7, 1, 32 }, { 32 }, attrs = { padding = "same", activation = "relu" }, large = true },
    { { 7, 140, 32 }, { 7, 32, 1 }, { 1 }, attrs = { padding = "same", dilation = 3 }, large = true },
  })
  op.refuses("conv1d", {
    { { { 1, 2 } }, pair, code = "shape", says = "conv1d: x wants 3 dimensions [N,T,C], got [1, 2]" },
    { x, { 1 }, code = "shape", says = "conv1d: w wants 3 dimensions [R,C/groups,K], got [1]" },
    { x, pair, attrs = { padding = { 1, 2, 3 } }, code = "invalid", says = { "conv1d: padding wants", "{before, after}" } },
    { x, pair, attrs = { stride = { 1, 2 } }, code = "invalid", says = "conv1d: stride wants 1 number, got 2" },
    { x, pair, attrs = { dilation = 3 }, code = "shape", says = "the kernel covers 4 elements (2 taps, dilation 3)" },
    { x, pair, attrs = { groups = 2 }, code = "shape", says = "conv1d: 2 groups do not divide the 1 channels" },
  })

  it("is conv2d of one row", function()
    ae.seed(3)
    local input, w, b = ae.randn(2, 9, 3), ae.randn(4, 3, 5), ae.randn(5)
    local y = ae.conv1d(input, w, b, { stride = 2, padding = { 3, 1 } })
    local row = ae.conv2d(input:reshape(2, 1, 9, 3), w:reshape(1, 4, 3, 5), b, { stride = { 1, 2 }, padding = { 0, 0, 3, 1 } })
    assert.are.equal(0, (y - row:reshape(y.shape)):abs():max():item())
  end)
end)
