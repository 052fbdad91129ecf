local op = require "spec.support.op"

local inf, nan = math.huge, 0 / 0

describe("isfinite", function()
  op.values("isfinite", {
    { { 0, 1e30, inf, -inf, nan }, gives = { 1, 1, 0, 0, 0 }, dtype = "u8" },
  })
  op.fixtures("isfinite", "elementwise")
  op.random("isfinite", {}, op.unary)
  op.refuses("isfinite", {
    { op.u8 { 1, 2 }, code = "type", says = { "isfinite: x wants f", 't:to("f32")', "ae.scaled" } },
    { op.i32 { 1, 2 }, code = "type", says = { "isfinite: x wants f", 't:to("f32")' } },
  })
end)
