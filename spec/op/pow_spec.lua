local ae = require "aelua"
local op = require "spec.support.op"

local inf, nan = math.huge, 0 / 0

describe("pow", function()
  op.values("pow", {
    { { 2, 9, -2, -2, 0 }, { 3, 0.5, 3, 0.5, 0 }, gives = { 8, 3, -8, nan, 1 } },
    { { 3, -1.5, -inf }, 2, gives = { 9, 2.25, inf }, name = "the square" },
    { 2, { -1, 0, 10 }, gives = { 0.5, 1, 1024 } },
    { { 1, nan }, { nan, 0 }, gives = { 1, 1 } },
  })
  op.fixtures("pow", "elementwise")
  op.random("pow", { low = 0.4, high = 2, ulps = 4, grad_ulps = 64 }, op.binary)
  op.refuses("pow", {
    { op.u8 { 1 }, { 1 }, code = "type", says = { "pow: a wants f", 't:to("f32")', "ae.scaled" } },
    { { 1 }, op.i32 { 1 }, code = "type", says = { "pow: ", 't:to("f32")' } },
    { { 1, 2 }, { 1, 2, 3 }, code = "shape", says = { "pow", "[2]", "[3]" } },
    { { 1 }, "2", code = "type", says = "pow: b wants a tensor or a number" },
    { { 1 }, { 2 }, attrs = { alpha = 2 }, code = "invalid", says = "alpha" },
  })

  op.random("pow", { ulps = 4 }, { { { 3, 5 }, 2 }, { { 7 }, 3 }, { { 7 }, -1 }, { { 2, 3 }, 0 } })

  it("gives 0, not nan, for the gradients at 0", function()
    local a, b = ae.tensor { 0, 0, 3 }, ae.tensor { 0, 2, 0 }
    a:require_grad(true)
    b:require_grad(true)
    a:pow(b):backward(ae.tensor { 1, 1, 1 })
    assert.same({ 0, 0, 0 }, a.grad:totable())
    assert.same({ 0, 0 }, { b.grad:totable()[1], b.grad:totable()[2] })
    assert.is_true(math.abs(b.grad:totable()[3] - math.log(3)) < 1e-6)
  end)
end)
