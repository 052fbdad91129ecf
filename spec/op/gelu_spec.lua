local op = require "spec.support.op"

describe("gelu", function()
  op.values("gelu", {
    { { 0, 1, -1 }, gives = { 0, 0.8413447460685429, -0.15865525393145707 } },
    { { 0, 1, -1 }, "tanh", gives = { 0, 0.8411919906082768, -0.15880800939172324 }, name = "by tanh" },
  })
  op.fixtures("gelu", "elementwise")
  op.random("gelu", { ulps = 8 }, op.unary)
  op.refuses("gelu", {
    { op.u8 { 1, 2 }, code = "type", says = { "gelu: x wants f", 't:to("f32")', "ae.scaled" } },
    { op.i32 { 1, 2 }, code = "type", says = { "gelu: x wants f", 't:to("f32")' } },
    { { 1 }, attrs = { approximate = "tan" }, code = "invalid", says = { "gelu", "approximate", "tanh" } },
  })
  op.random("gelu", {}, { { { 3, 4 }, attrs = { approximate = "tanh" } }, { { 67 }, attrs = { approximate = "tanh" } } })
end)
