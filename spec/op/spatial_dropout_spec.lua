local ae = require "aelua"
local op = require "spec.support.op"
local values = require "spec.support.values"

describe("spatial_dropout", function()
  op.covers("spatial_dropout", "values", "random: whole channels, shares and the stream are checked below")
  op.covers("spatial_dropout", "compared", "draws numbers of the type")
  op.covers("spatial_dropout", "gradient")

  it("keeps or drops whole channels, scaled so that the mean stays", function()
    ae.seed(7)
    local y = ae.ones(40, 5, 6, 50):spatial_dropout(0.3)
    assert.are.equal(0, (y:max({ 2, 3 }) - y:min({ 2, 3 })):abs():max():item())
    assert.near(0.7, y:ne(0):to("f32"):mean():item(), 0.03)
    assert.near(1 / 0.7, y:max():item(), 1e-6)
  end)

  it("is the identity for p = 0", function()
    local x = ae.randn(3, 4, 5)
    assert.are.equal(0, (x:spatial_dropout(0) - x):abs():max():item())
  end)

  it("drops what is not finite too", function()
    local y = ae.full({ 8, 3, 4 }, 1 / 0):spatial_dropout(0.5)
    assert.is_true(y:isnan():sum():item() == 0)
  end)

  it("draws the same again from the same seed", function()
    local x = ae.ones(30, 2, 20)
    ae.seed(3)
    local first, second = x:spatial_dropout(), x:spatial_dropout()
    ae.seed(3)
    assert.is_true((first - second):abs():max():item() > 0)
    assert.are.equal(0, (first - x:spatial_dropout()):abs():max():item())
  end)

  it("gives the gradient of the channels it kept", function()
    for _, shape in ipairs { { 3, 4 }, { 2, 3, 5 }, { 2, 2, 3, 7 }, { 0, 2, 3 }, { 2, 0, 3 }, { 2, 3, 0 }, { 40, 30, 30, 33 } } do
      local x = ae.ones(shape):require_grad(true)
      local y = x:spatial_dropout(0.4)
      local g = ae.randn(shape)
      y:backward(g)
      if #values.flat(x:reshape(-1)) > 0 then
        assert.is_true((x.grad - g * y:detach()):abs():max():item() < 1e-5)
      end
    end
  end)

  op.refuses("spatial_dropout", {
    { { { 1 } }, attrs = { p = 1 }, code = "invalid", says = "spatial_dropout: p must be at least 0 and less than 1, got 1" },
    { { 1 }, code = "shape", says = "spatial_dropout: x wants at least 2 dimensions [N, ..., C], got [1]" },
    { op.u8 { { 1 } }, code = "type", says = "spatial_dropout: x wants f" },
  })
end)
