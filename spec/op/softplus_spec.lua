local op = require "spec.support.op"

local inf = math.huge

describe("softplus", function()
  op.values("softplus", {
    { { 0, 1, -30, 100, inf }, gives = { math.log(2), 1.3132616875182228, 9.357622968839299e-14, 100, inf } },
  })
  op.fixtures("softplus", "elementwise")
  op.random("softplus", { ulps = 4 }, op.unary)
  op.refuses("softplus", {
    { op.u8 { 1, 2 }, code = "type", says = { "softplus: x wants f", 't:to("f32")', "ae.scaled" } },
    { op.i32 { 1, 2 }, code = "type", says = { "softplus: x wants f", 't:to("f32")' } },
  })
end)
