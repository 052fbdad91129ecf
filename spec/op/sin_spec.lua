local op = require "spec.support.op"

local inf, nan = math.huge, 0 / 0

describe("sin", function()
  op.values("sin", {
    { { 0, math.pi / 6, -math.pi / 2, inf }, gives = { 0, 0.5, -1, nan } },
  })
  op.fixtures("sin", "elementwise")
  op.random("sin", { low = -20, high = 20, ulps = 4 }, op.unary)
  op.random("sin", { low = -2e12, high = 2e12, ulps = 4, gradient = false }, { { { 3, 300 } }, { { 7 } } })
  op.refuses("sin", {
    { op.u8 { 1, 2 }, code = "type", says = { "sin: x wants f", 't:to("f32")', "ae.scaled" } },
    { op.i32 { 1, 2 }, code = "type", says = { "sin: x wants f", 't:to("f32")' } },
  })
end)
