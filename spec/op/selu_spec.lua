local op = require "spec.support.op"

local inf = math.huge

describe("selu", function()
  op.values("selu", {
    { { 1, 0, -1, -inf }, gives = { 1.0507009873554805, 0, -1.1113307378125625, -1.7580993408473768 } },
  })
  op.fixtures("selu", "elementwise")
  op.random("selu", { avoid = { 0 }, ulps = 4 }, op.unary)
  op.refuses("selu", {
    { op.u8 { 1, 2 }, code = "type", says = { "selu: x wants f", 't:to("f32")', "ae.scaled" } },
    { op.i32 { 1, 2 }, code = "type", says = { "selu: x wants f", 't:to("f32")' } },
  })
end)
