local op = require "spec.support.op"

local inf, nan = math.huge, 0 / 0

describe("exp", function()
  op.values("exp", {
    { { { 0, 1 }, { -1, 2.5 } }, gives = { { 1, math.exp(1) }, { math.exp(-1), math.exp(2.5) } } },
    { { inf, -inf, nan, 1000, -1000 }, gives = { inf, 0, nan, inf, 0 }, name = "the ends" },
  })
  op.fixtures("exp", "elementwise")
  op.random("exp", { ulps = 2 }, op.unary)
  op.refuses("exp", {
    { op.u8 { 1, 2 }, code = "type", says = { "exp: x wants f", 't:to("f32")', "ae.scaled" } },
    { op.i32 { 1, 2 }, code = "type", says = { "exp: x wants f", 't:to("f32")' } },
    { 3, code = "type", says = "exp: x wants a tensor, got 3" },
    { { 1 }, attrs = { base = 2 }, code = "invalid", says = "base" },
  })
end)
