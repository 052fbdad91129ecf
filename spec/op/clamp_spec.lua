local ae = require "aelua"
local op = require "spec.support.op"

local inf, nan = math.huge, 0 / 0

describe("clamp", function()
  op.values("clamp", {
    { { -2, 0.5, 2, nan }, -1, 1, gives = { -1, 0.5, 1, nan } },
    { { -2, 0.5, 2 }, attrs = { low = 0 }, gives = { 0, 0.5, 2 } },
    { { -2, 0.5, 2 }, attrs = { high = 0 }, gives = { -2, 0, 0 } },
    { { -inf, inf }, gives = { -inf, inf }, name = "no bounds" },
    { { -2, 2 }, attrs = { low = 1, high = 1 }, gives = { 1, 1 } },
  })
  op.fixtures("clamp", "elementwise")
  op.random("clamp", { avoid = { -0.5, 1 }, ulps = 0 }, {
    { { 3, 4 }, attrs = { low = -0.5, high = 1 } }, { { 1 }, attrs = { low = -0.5 } }, { { 67 }, attrs = { high = 1 } },
    { {}, attrs = { low = -0.5 } }, { { 0, 2 }, attrs = { low = 0, high = 1 } },
    { { 3, 1501 }, attrs = { low = -0.5, high = 1 }, large = true },
  })
  op.refuses("clamp", {
    { op.u8 { 1, 2 }, code = "type", says = { "clamp: x wants f", 't:to("f32")', "ae.scaled" } },
    { op.i32 { 1, 2 }, code = "type", says = { "clamp: x wants f", 't:to("f32")' } },
    { { 1 }, attrs = { low = 1, high = 0 }, code = "invalid", says = "clamp: low must not be above high, got 1 and 0" },
    { { 1 }, attrs = { low = nan }, code = "invalid", says = "clamp: low must not be above high" },
    { { 1 }, attrs = { min = 0 }, code = "invalid", says = "min" },
  })

  it("lets the gradient through at the bounds", function()
    local x = ae.tensor { -1, -0.5, 0, 1, 2 }
    x:require_grad(true)
    x:clamp(-0.5, 1):backward(ae.tensor { 1, 1, 1, 1, 1 })
    assert.same({ 0, 1, 1, 1, 0 }, x.grad:totable())
  end)
end)
