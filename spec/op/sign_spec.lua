local op = require "spec.support.op"

local inf, nan = math.huge, 0 / 0

describe("sign", function()
  op.values("sign", {
    { { 3, -2, 0, -inf, nan, 1e-30 }, gives = { 1, -1, 0, -1, nan, 1 } },
  })
  op.fixtures("sign", "elementwise")
  op.random("sign", { avoid = { 0 } }, op.unary)
  op.refuses("sign", {
    { op.u8 { 1, 2 }, code = "type", says = { "sign: x wants f", 't:to("f32")', "ae.scaled" } },
    { op.i32 { 1, 2 }, code = "type", says = { "sign: x wants f", 't:to("f32")' } },
  })
end)
