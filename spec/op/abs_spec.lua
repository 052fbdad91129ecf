local op = require "spec.support.op"

local inf, nan = math.huge, 0 / 0

describe("abs", function()
  op.values("abs", {
    { { 1, -2, -0.0, -inf, nan }, gives = { 1, 2, 0, inf, nan } },
  })
  op.fixtures("abs", "elementwise")
  op.random("abs", { avoid = { 0 } }, op.unary)
  op.refuses("abs", {
    { op.u8 { 1, 2 }, code = "type", says = { "abs: x wants f", 't:to("f32")', "ae.scaled" } },
    { op.i32 { 1, 2 }, code = "type", says = { "abs: x wants f", 't:to("f32")' } },
  })
end)
