local ae = require "aelua"
local conv = require "spec.support.conv"
local core = require "aelua.core"
local op = require "spec.support.op"

local function filled(shape, value) return ae.full(shape, value) end

describe("conv_transpose2d", function()
  local x = { { { { 1 }, { 2 } }, { { 3 }, { 4 } } } } -- [1,2,2,1]
  local square = { { { { 1 } }, { { 10 } } }, { { { 100 } }, { { 1000 } } } } -- [2,2,1,1]
  op.values("conv_transpose2d", {
    { x, square, gives = { { { { 1 }, { 12 }, { 20 } }, { { 103 }, { 1234 }, { 2040 } }, { { 300 }, { 3400 }, { 4000 } } } } },
    { x, square, { 0.5 }, attrs = { stride = 2, padding = "same" }, gives = { {
      { { 1.5 }, { 10.5 }, { 2.5 }, { 20.5 } }, { { 100.5 }, { 1000.5 }, { 200.5 }, { 2000.5 } },
      { { 3.5 }, { 30.5 }, { 4.5 }, { 40.5 } }, { { 300.5 }, { 3000.5 }, { 400.5 }, { 4000.5 } } } } },
    { x, square, attrs = { padding = "same" }, gives = { { { { 1 }, { 12 } }, { { 103 }, { 1234 } } } },
      name = "same takes off the end first" },
    { x, square, attrs = { padding = 1 }, gives = { { { { 1234 } } } } },
    { { { { { 5 } } } }, square, attrs = { stride = 3, output_padding = { 1, 0 } },
      gives = { { { { 5 }, { 50 } }, { { 500 }, { 5000 } }, { { 0 }, { 0 } } } }, name = "what nothing reaches is 0" },
  })
  op.fixtures("conv_transpose2d", "conv", { rtol = op.is_double and 1e-9 or 1e-5, atol = op.is_double and 1e-10 or 2e-5 })

  local options = { around = conv.each_way, ulps = 32, grad_ulps = 128 }
  op.random("conv_transpose2d", options, conv.cases("conv_transpose2d", 2, true, 40))
  op.random("conv_transpose2d", options, {
    { { 0, 4, 4, 3 }, { 3, 3, 2, 3 }, { 2 } }, { { 2, 2, 2, 3 }, { 3, 3, 0, 3 }, { 0 } },
    { { 1, 2, 2, 0 }, { 2, 2, 5, 0 }, { 5 } }, { { 1, 1, 1, 1 }, { 1, 1, 1, 1 }, { 1 } },
    { { 1, 0, 2, 2 }, { 2, 2, 5, 2 }, { 5 } },
  })
  for _, activation in ipairs { "relu", "gelu", "tanh", "softmax" } do
    op.random("conv_transpose2d", {
      around = conv.each_way, ulps = 64, low = -1, high = 1, gradcheck = { eps = op.is_double and 1e-6 or 1e-3 },
    }, {
      { { 1, 3, 2, 6 }, { 3, 3, 2, 6 }, { 2 }, attrs = { stride = 2, padding = "same", activation = activation } },
      { { 1, 3, 2, 2 }, { 3, 3, 5, 2 }, attrs = { stride = 2, padding = "same", activation = activation } },
    })
  end
  op.random("conv_transpose2d", { around = conv.each_way, ulps = 256, grad_ulps = 1024 }, {
    { { 5, 7, 7, 32 }, { 3, 3, 24, 32 }, { 24 }, attrs = { padding = "same", stride = 2 }, large = true },
    { { 1, 14, 14, 32 }, { 4, 4, 3, 32 }, { 3 }, attrs = { padding = 1, stride = 2, activation = "sigmoid" }, large = true },
    { { 3, 14, 15, 30 }, { 1, 1, 64, 30 }, large = true },
  })

  op.refuses("conv_transpose2d", {
    { { { 1, 2 } }, square, code = "shape", says = "conv_transpose2d: x wants 4 dimensions [N,H,W,C], got [1, 2]" },
    { x, { 1 }, code = "shape", says = "conv_transpose2d: w wants 4 dimensions [R,S,K/groups,C], got [1]" },
    { x, filled({ 2, 2, 1, 3 }, 0), code = "shape",
      says = "conv_transpose2d: w wants 1 input channels, as x [1, 2, 2, 1] has them, got 3 in [2, 2, 1, 3]" },
    { x, square, { 1, 2 }, code = "shape", says = "conv_transpose2d: b wants shape [1], got [2]" },
    { x, square, attrs = { padding = 2 }, code = "shape",
      says = "conv_transpose2d: padding 2 + 2 leaves nothing of the rows that x [1, 2, 2, 1] gives" },
    { x, square, attrs = { output_padding = 1 }, code = "invalid",
      says = "conv_transpose2d: output_padding wants less than stride or dilation (1), got 1" },
    { x, square, attrs = { stride = 2, padding = "same", output_padding = 1 }, code = "invalid",
      says = "output_padding wants padding \"valid\" or in numbers" },
    { x, square, attrs = { output_padding = -1 }, code = "invalid", says = "output_padding wants 0 to" },
    { filled({ 1, 2, 2, 4 }, 0), filled({ 1, 1, 1, 4 }, 0), attrs = { groups = 3 }, code = "shape",
      says = "conv_transpose2d: 3 groups do not divide the 4 channels of x [1, 2, 2, 4]" },
    { filled({ 1, 2147483648, 2, 0 }, 0), filled({ 1, 1, 4294967296, 0 }, 0), attrs = { stride = 2147483647 },
      code = "overflow", says = "conv_transpose2d" },
  })

  it("is the gradient of conv2d with the same weights", function()
    ae.seed(3)
    local input, w = ae.randn(2, 7, 8, 3):require_grad(true), ae.randn(3, 4, 3, 5)
    local y = ae.conv2d(input, w, nil, { stride = { 2, 3 }, padding = { 1, 2 } })
    local g = ae.randn_like(y)
    y:backward(g)
    local back = ae.conv_transpose2d(g, w, nil, { stride = { 2, 3 }, padding = { 1, 2 }, output_padding = { 0, 2 } })
    assert.are.same(input.shape, back.shape)
    assert.is_true((back - input.grad):abs():max():item() <= 1e-4)
  end)

  it("gives the same bits again, and close ones on other numbers of threads", function()
    local before = core.threads()
    finally(function() core.threads(before) end)
    for _, images in ipairs { 1, 5 } do
      ae.seed(1)
      local input = ae.randn(images, 19, 20, 24):require_grad(true)
      local w, b = ae.randn(3, 3, 12, 24):require_grad(true), ae.randn(12):require_grad(true)
      local function run(threads)
        core.threads(threads)
        for _, t in ipairs { input, w, b } do t:zero_grad() end
        local y = ae.conv_transpose2d(input, w, b, { stride = 2, padding = "same", activation = "tanh" })
        y:backward(ae.full(y.shape, 0.25))
        return { y, input.grad:clone(), w.grad:clone(), b.grad:clone() }
      end
      local one, three, again = run(1), run(3), run(3)
      for i = 1, 4 do
        assert.are.equal(0, (three[i] - again[i]):abs():max():item())
        assert.is_true((one[i] - three[i]):abs():max():item() <= 1e-4 * one[i]:abs():max():item())
      end
    end
  end)
end)
