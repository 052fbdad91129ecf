local op = require "spec.support.op"

local inf = math.huge

describe("neg", function()
  op.values("neg", {
    { { { 1, -2 }, { 0.5, inf } }, gives = { { -1, 2 }, { -0.5, -inf } } },
  })
  op.fixtures("neg", "elementwise")
  op.random("neg", {}, op.unary)
  op.refuses("neg", {
    { op.u8 { 1, 2 }, code = "type", says = { "neg: x wants f", 't:to("f32")', "ae.scaled" } },
    { op.i32 { 1, 2 }, code = "type", says = { "neg: x wants f", 't:to("f32")' } },
  })
end)
