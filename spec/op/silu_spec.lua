local op = require "spec.support.op"

describe("silu", function()
  op.values("silu", {
    { { 0, 1, -1 }, gives = { 0, 0.7310585786300049, -0.2689414213699951 } },
  })
  op.fixtures("silu", "elementwise")
  op.random("silu", { ulps = 6 }, op.unary)
  op.refuses("silu", {
    { op.u8 { 1, 2 }, code = "type", says = { "silu: x wants f", 't:to("f32")', "ae.scaled" } },
    { op.i32 { 1, 2 }, code = "type", says = { "silu: x wants f", 't:to("f32")' } },
  })
end)
