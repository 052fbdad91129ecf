local op = require "spec.support.op"

local inf, nan = math.huge, 0 / 0

describe("floor", function()
  op.values("floor", {
    { { 1.5, -1.5, 2, -inf, nan }, gives = { 1, -2, 2, -inf, nan } },
  })
  op.fixtures("floor", "elementwise")
  op.random("floor", { low = 0.1, high = 0.4, ulps = 0 }, op.unary)
  op.refuses("floor", {
    { op.u8 { 1, 2 }, code = "type", says = { "floor: x wants f", 't:to("f32")', "ae.scaled" } },
    { op.i32 { 1, 2 }, code = "type", says = { "floor: x wants f", 't:to("f32")' } },
  })
end)
