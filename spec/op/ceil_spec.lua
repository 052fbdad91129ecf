local op = require "spec.support.op"

local inf, nan = math.huge, 0 / 0

describe("ceil", function()
  op.values("ceil", {
    { { 1.5, -1.5, 2, -inf, nan }, gives = { 2, -1, 2, -inf, nan } },
  })
  op.fixtures("ceil", "elementwise")
  op.random("ceil", { low = 0.1, high = 0.4, ulps = 0 }, op.unary)
  op.refuses("ceil", {
    { op.u8 { 1, 2 }, code = "type", says = { "ceil: x wants f", 't:to("f32")', "ae.scaled" } },
    { op.i32 { 1, 2 }, code = "type", says = { "ceil: x wants f", 't:to("f32")' } },
  })
end)
