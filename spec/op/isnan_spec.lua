local op = require "spec.support.op"

local inf, nan = math.huge, 0 / 0

describe("isnan", function()
  op.values("isnan", {
    { { 0, 1e30, inf, -inf, nan }, gives = { 0, 0, 0, 0, 1 }, dtype = "u8" },
  })
  op.fixtures("isnan", "elementwise")
  op.random("isnan", {}, op.unary)
  op.refuses("isnan", {
    { op.u8 { 1, 2 }, code = "type", says = { "isnan: x wants f", 't:to("f32")', "ae.scaled" } },
    { op.i32 { 1, 2 }, code = "type", says = { "isnan: x wants f", 't:to("f32")' } },
  })
end)
