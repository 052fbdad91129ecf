local op = require "spec.support.op"

describe("square", function()
  op.values("square", {
    { { 3, -0.5, 0 }, gives = { 9, 0.25, 0 } },
  })
  op.fixtures("square", "elementwise")
  op.random("square", { ulps = 2 }, op.unary)
  op.refuses("square", {
    { op.u8 { 1, 2 }, code = "type", says = { "square: x wants f", 't:to("f32")', "ae.scaled" } },
    { op.i32 { 1, 2 }, code = "type", says = { "square: x wants f", 't:to("f32")' } },
  })
end)
