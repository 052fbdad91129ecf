local op = require "spec.support.op"

local inf, nan = math.huge, 0 / 0

describe("tanh", function()
  op.values("tanh", {
    { { 0, 0.5, -0.5, inf, -50, nan }, gives = { 0, 0.46211715726000976, -0.46211715726000976, 1, -1, nan } },
  })
  op.fixtures("tanh", "elementwise")
  op.random("tanh", { ulps = 4 }, op.unary)
  op.refuses("tanh", {
    { op.u8 { 1, 2 }, code = "type", says = { "tanh: x wants f", 't:to("f32")', "ae.scaled" } },
    { op.i32 { 1, 2 }, code = "type", says = { "tanh: x wants f", 't:to("f32")' } },
  })
end)
