local op = require "spec.support.op"

local inf, nan = math.huge, 0 / 0

describe("cos", function()
  op.values("cos", {
    { { 0, math.pi / 3, math.pi, -inf }, gives = { 1, 0.5, -1, nan } },
  })
  op.fixtures("cos", "elementwise")
  op.random("cos", { low = -20, high = 20, ulps = 4 }, op.unary)
  op.random("cos", { low = -2e12, high = 2e12, ulps = 4, gradient = false }, { { { 3, 300 } }, { { 7 } } })
  op.refuses("cos", {
    { op.u8 { 1, 2 }, code = "type", says = { "cos: x wants f", 't:to("f32")', "ae.scaled" } },
    { op.i32 { 1, 2 }, code = "type", says = { "cos: x wants f", 't:to("f32")' } },
  })
end)
