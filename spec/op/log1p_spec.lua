local op = require "spec.support.op"

local inf, nan = math.huge, 0 / 0

describe("log1p", function()
  op.values("log1p", {
    { { 0, 1, -1, -2, 1e-6 }, gives = { 0, math.log(2), -inf, nan, 9.999995000003333e-07 } },
  })
  op.fixtures("log1p", "elementwise")
  op.random("log1p", { low = -0.7, high = 4, ulps = 4 }, op.unary)
  op.refuses("log1p", {
    { op.u8 { 1, 2 }, code = "type", says = { "log1p: x wants f", 't:to("f32")', "ae.scaled" } },
    { op.i32 { 1, 2 }, code = "type", says = { "log1p: x wants f", 't:to("f32")' } },
  })
end)
