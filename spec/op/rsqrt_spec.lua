local op = require "spec.support.op"

local inf, nan = math.huge, 0 / 0

describe("rsqrt", function()
  op.values("rsqrt", {
    { { 0, 4, 2, inf, -1 }, gives = { inf, 0.5, 2 ^ -0.5, 0, nan } },
  })
  op.fixtures("rsqrt", "elementwise")
  op.random("rsqrt", { low = 0.3, high = 5, ulps = 4, grad_ulps = 16 }, op.unary)
  op.refuses("rsqrt", {
    { op.u8 { 1, 2 }, code = "type", says = { "rsqrt: x wants f", 't:to("f32")', "ae.scaled" } },
    { op.i32 { 1, 2 }, code = "type", says = { "rsqrt: x wants f", 't:to("f32")' } },
  })
end)
