local ae = require "aelua"
local core = require "aelua.core"
local op = require "spec.support.op"
local values = require "spec.support.values"

describe("dense", function()
  op.values("dense", {
    { { { 1, 2 } }, { { 1, 0, -1 }, { 0, 1, -1 } }, { 10, 20, 30 }, gives = { { 11, 22, 27 } } },
    { { { 1, 2 } }, { { 1, 0 }, { 0, 1 }, { -1, -1 } }, attrs = { transposed = true }, gives = { { 1, 2, -3 } } },
    { { 1, 2 }, { { 1 }, { 1 } }, attrs = { activation = "relu" }, gives = { 3 }, name = "one dimension" },
    { { { 0, 0 } }, { { 1, 1 }, { 1, 1 } }, { 1, 1 }, attrs = { activation = "softmax" }, gives = { { 0.5, 0.5 } } },
  })
  op.fixtures("dense", "layers", { rtol = op.is_double and 1e-9 or 1e-5, atol = op.is_double and 1e-10 or 2e-6 })

  local shapes = {
    { { 3, 4 }, { 4, 5 }, { 5 } }, { { 3, 4 }, { 4, 5 } }, { { 1, 1 }, { 1, 1 }, { 1 } }, { { 4 }, { 4, 3 }, { 3 } },
    { { 2, 3, 4 }, { 4, 2 }, { 2 } }, { { 0, 4 }, { 4, 2 }, { 2 } }, { { 3, 0 }, { 0, 2 }, { 2 } },
    { { 2, 3 }, { 3, 0 }, { 0 } }, { { 7, 33 }, { 33, 17 }, { 17 } },
  }
  op.random("dense", { ulps = 16 }, shapes)
  for i = 1, 10 do
    local activation = core.describe("dense").attributes[1].choices[i + 1]
    local attrs = { activation = activation }
    -- small steps: the float build's usual ones cross the kinks of relu and its like
    op.random("dense", { ulps = 64, low = -1, gradcheck = { eps = op.is_double and 1e-6 or 1e-3 } }, {
      { { 3, 4 }, { 4, 5 }, { 5 }, attrs = attrs }, { { 5, 3 }, { 3, 2 }, attrs = attrs },
      { { 3, 4 }, { 5, 4 }, { 5 }, attrs = { activation = activation, transposed = true } },
    })
  end

  for _, activation in ipairs { "linear", "gelu", "sigmoid", "softmax" } do
    local attrs = { activation = activation }
    op.random("dense", { ulps = 64 }, {
      { { 130, 40 }, { 40, 70, low = -0.5, high = 0.5 }, { 70 }, attrs = attrs, large = true },
      { { 1, 300 }, { 300, 400, low = -0.1, high = 0.1 }, { 400 }, attrs = attrs, large = true },
    })
  end

  op.refuses("dense", {
    { { { 1, 2 } }, { { 1, 2 } }, code = "shape", says = { "dense: x wants a last dimension of 1", "[1, 2]" } },
    { { { 1, 2 } }, { 1, 2 }, code = "shape", says = "dense: w wants 2 dimensions, got [2]" },
    { { { 1, 2 } }, { { 1, 2 } }, attrs = { transposed = true, activation = "rleu" }, code = "invalid", says = "relu" },
    { { { 1 } }, { { 1, 2 } }, { 1 }, code = "shape", says = "dense: b wants shape [2], got [1]" },
    { { { 1 } }, { { 1 } }, attrs = { slope = -1 }, code = "invalid", says = "slope must be at least 0" },
    { { { 1 } }, { { 1 } }, attrs = { alpha = -1 }, code = "invalid", says = "alpha must be at least 0" },
    { op.u8 { { 1 } }, { { 1 } }, code = "type", says = { "dense: x wants f", "ae.scaled" } },
  })

  it("writes gradients only where they are wanted", function()
    local x, w, b = ae.ones(2, 3), ae.ones(3, 4):require_grad(true), ae.ones(4)
    ae.dense(x, w, b):sum():backward()
    assert.is_nil(x.grad)
    assert.is_nil(b.grad)
    values.assert_values(w.grad, { 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2 }, { 3, 4 })
  end)

  it("adds to a gradient that is there", function()
    local x, w = ae.ones(2, 3), ae.ones(3, 1):require_grad(true)
    for _ = 1, 2 do ae.dense(x, w, nil, { activation = "sigmoid" }):sum():backward() end
    local once = ae.ones(3, 1):require_grad(true)
    ae.dense(x, once, nil, { activation = "sigmoid" }):sum():backward()
    values.assert_values(w.grad, values.flat(once.grad * 2), { 3, 1 })
  end)

  it("gives the same numbers, of the same bits, again", function()
    ae.seed(1)
    local x, w, b = ae.randn(200, 300), ae.randn(300, 64), ae.randn(64)
    local first = ae.dense(x, w, b, { activation = "tanh" })
    for _ = 1, 3 do
      assert.are.equal(0, (ae.dense(x, w, b, { activation = "tanh" }) - first):abs():max():item())
    end
  end)
end)
