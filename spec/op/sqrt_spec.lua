local op = require "spec.support.op"

local inf, nan = math.huge, 0 / 0

describe("sqrt", function()
  op.values("sqrt", {
    { { 0, 4, 2, inf, -1 }, gives = { 0, 2, 2 ^ 0.5, inf, nan } },
  })
  op.fixtures("sqrt", "elementwise")
  op.random("sqrt", { low = 0.2, high = 5, ulps = 2 }, op.unary)
  op.refuses("sqrt", {
    { op.u8 { 1, 2 }, code = "type", says = { "sqrt: x wants f", 't:to("f32")', "ae.scaled" } },
    { op.i32 { 1, 2 }, code = "type", says = { "sqrt: x wants f", 't:to("f32")' } },
  })
end)
