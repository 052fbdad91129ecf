local op = require "spec.support.op"

local inf, nan = math.huge, 0 / 0

describe("relu", function()
  op.values("relu", {
    { { 1.5, -1.5, 0, inf, -inf, nan }, gives = { 1.5, 0, 0, inf, 0, nan } },
  })
  op.fixtures("relu", "elementwise")
  op.random("relu", { avoid = { 0 }, ulps = 0 }, op.unary)
  op.refuses("relu", {
    { op.u8 { 1, 2 }, code = "type", says = { "relu: x wants f", 't:to("f32")', "ae.scaled" } },
    { op.i32 { 1, 2 }, code = "type", says = { "relu: x wants f", 't:to("f32")' } },
  })
end)
