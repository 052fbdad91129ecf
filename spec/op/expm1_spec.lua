local op = require "spec.support.op"

local inf = math.huge

describe("expm1", function()
  op.values("expm1", {
    { { 0, 1, -1e-6, -inf }, gives = { 0, math.exp(1) - 1, -9.999995000001667e-07, -1 } },
  })
  op.fixtures("expm1", "elementwise")
  op.random("expm1", { ulps = 4 }, op.unary)
  op.refuses("expm1", {
    { op.u8 { 1, 2 }, code = "type", says = { "expm1: x wants f", 't:to("f32")', "ae.scaled" } },
    { op.i32 { 1, 2 }, code = "type", says = { "expm1: x wants f", 't:to("f32")' } },
  })
end)
