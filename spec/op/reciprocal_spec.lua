local op = require "spec.support.op"

local inf = math.huge

describe("reciprocal", function()
  op.values("reciprocal", {
    { { 4, -0.5, 0 }, gives = { 0.25, -2, inf } },
  })
  op.fixtures("reciprocal", "elementwise")
  op.random("reciprocal", { low = 0.4, high = 4, ulps = 2 }, op.unary)
  op.refuses("reciprocal", {
    { op.u8 { 1, 2 }, code = "type", says = { "reciprocal: x wants f", 't:to("f32")', "ae.scaled" } },
    { op.i32 { 1, 2 }, code = "type", says = { "reciprocal: x wants f", 't:to("f32")' } },
  })
end)
