local op = require "spec.support.op"

local inf, nan = math.huge, 0 / 0

describe("round", function()
  op.values("round", {
    { { 0.5, 1.5, -0.5, -1.5, 2.4, -inf, nan }, gives = { 0, 2, 0, -2, 2, -inf, nan } },
  })
  op.fixtures("round", "elementwise")
  op.random("round", { low = 0.1, high = 0.4, ulps = 0 }, op.unary)
  op.refuses("round", {
    { op.u8 { 1, 2 }, code = "type", says = { "round: x wants f", 't:to("f32")', "ae.scaled" } },
    { op.i32 { 1, 2 }, code = "type", says = { "round: x wants f", 't:to("f32")' } },
  })
end)
