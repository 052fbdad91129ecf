local op = require "spec.support.op"

local inf, nan = math.huge, 0 / 0

describe("log", function()
  op.values("log", {
    { { 1, 10, 0, inf, -1 }, gives = { 0, math.log(10), -inf, inf, nan } },
  })
  op.fixtures("log", "elementwise")
  op.random("log", { low = 0.2, high = 5, ulps = 4 }, op.unary)
  op.refuses("log", {
    { op.u8 { 1, 2 }, code = "type", says = { "log: x wants f", 't:to("f32")', "ae.scaled" } },
    { op.i32 { 1, 2 }, code = "type", says = { "log: x wants f", 't:to("f32")' } },
  })
end)
