local ae = require "aelua"
local core = require "aelua.core"
local op = require "spec.support.op"
local values = require "spec.support.values"

describe("dropout", function()
  op.covers("dropout", "values", "random: shares, means and the stream are checked below")
  op.covers("dropout", "compared", "draws numbers of the type")
  op.covers("dropout", "gradient")

  it("keeps 1 - p of the elements, scaled so that the mean stays", function()
    ae.seed(7)
    local y = ae.ones(200, 500):dropout(0.3)
    local kept = y:ne(0):to("f32"):mean():item()
    assert.near(0.7, kept, 0.005)
    assert.near(1 / 0.7, y:max():item(), 1e-6)
    assert.near(1, y:mean():item(), 0.01)
  end)

  it("is the identity for p = 0", function()
    local x = ae.randn(3, 5)
    assert.are.equal(0, (x:dropout(0) - x):abs():max():item())
  end)

  it("draws anew at each call and the same again from the same seed", function()
    local x = ae.ones(1000)
    ae.seed(3)
    local first, second = x:dropout(), x:dropout()
    ae.seed(3)
    local again = x:dropout()
    assert.is_true((first - second):abs():max():item() > 0)
    assert.are.equal(0, (first - again):abs():max():item())
  end)

  it("gives the gradient of the elements it kept", function()
    for _, shape in ipairs { { 3, 4 }, { 1 }, {}, { 0, 2 }, { 67 } } do
      local x = ae.ones(shape):require_grad(true)
      local y = x:dropout(0.4)
      local g = ae.randn(shape)
      y:backward(g)
      values.assert_values(x.grad, values.flat(g * y:detach()), x.shape, { rtol = 1e-5, atol = 1e-6 })
    end
  end)

  it("does not depend on the number of threads", function()
    local threads = core.threads()
    local x = ae.ones(300, 400)
    ae.seed(9)
    local one = x:dropout(0.5)
    core.threads(threads == 1 and 2 or 1)
    ae.seed(9)
    local other = x:dropout(0.5)
    core.threads(threads)
    assert.are.equal(0, (one - other):abs():max():item())
  end)

  op.refuses("dropout", {
    { { 1 }, attrs = { p = 1 }, code = "invalid", says = "dropout: p must be at least 0 and less than 1, got 1" },
    { { 1 }, attrs = { p = -0.5 }, code = "invalid", says = "-0.5" },
    { { 1 }, attrs = { rate = 0.5 }, code = "invalid", says = "rate" },
    { op.u8 { 1 }, code = "type", says = "dropout: x wants f" },
  })
end)
