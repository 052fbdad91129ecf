local op = require "spec.support.op"

local inf, nan = math.huge, 0 / 0

describe("sigmoid", function()
  op.values("sigmoid", {
    { { 0, 2, -2, inf, -inf, nan }, gives = { 0.5, 0.8807970779778823, 0.11920292202211755, 1, 0, nan } },
  })
  op.fixtures("sigmoid", "elementwise")
  op.random("sigmoid", { ulps = 4 }, op.unary)
  op.refuses("sigmoid", {
    { op.u8 { 1, 2 }, code = "type", says = { "sigmoid: x wants f", 't:to("f32")', "ae.scaled" } },
    { op.i32 { 1, 2 }, code = "type", says = { "sigmoid: x wants f", 't:to("f32")' } },
  })
end)
