local ae = require "aelua"
local op = require "spec.support.op"

local inf, nan = math.huge, 0 / 0

describe("mul", function()
  op.values("mul", {
    { { { 1, 2 }, { 3, 4 } }, { 10, 20 }, gives = { { 10, 40 }, { 30, 80 } } },
    { { 0, 2 }, inf, gives = { nan, inf } },
    { op.i32 { 65536, 3 }, op.i32 { 65536, -4 }, gives = { 0, -12 }, dtype = "i32", name = "i32 wraps around" },
  })
  op.fixtures("mul", "elementwise")
  op.random("mul", { ulps = 2 }, op.binary)
  op.refuses("mul", {
    { op.u8 { 1 }, { 1 }, code = "type", says = { "mul: a wants f", 't:to("f32")', "ae.scaled" } },
    { { 1 }, op.i32 { 1 }, code = "type", says = { "mul: ", 't:to("f32")' } },
    { op.i32 { 1 }, 0.5, code = "type", says = { "mul: beside i32, a number must be whole", "0.5" } },
    { op.i32 { 1 }, 2 ^ 40, code = "type", says = "a number must be whole and from -2147483648 to 2147483647" },
    { { 1, 2 }, { 1, 2, 3 }, code = "shape", says = { "mul", "[2]", "[3]" } },
    { { 1 }, "2", code = "type", says = "mul: b wants a tensor or a number" },
    { { 1 }, { 2 }, attrs = { alpha = 2 }, code = "invalid", says = "alpha" },
  })

  it("adds up where both inputs are the same tensor", function()
    local x = ae.tensor { 1, 2, 3 }
    x:require_grad(true)
    x:mul(x):backward(ae.tensor { 1, 1, 10 })
    assert.same({ 2, 4, 60 }, x.grad:totable())
  end)
end)
