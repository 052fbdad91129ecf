local op = require "spec.support.op"

local inf = math.huge

describe("elu", function()
  op.values("elu", {
    { { 2, -1, 0, -inf }, gives = { 2, math.exp(-1) - 1, 0, -1 } },
    { { 2, -1, 0 }, 0.5, gives = { 2, 0.5 * (math.exp(-1) - 1), 0 }, name = "alpha by position" },
    { { 2, -1 }, attrs = { alpha = 0 }, gives = { 2, 0 } },
  })
  op.fixtures("elu", "elementwise")
  op.random("elu", { avoid = { 0 }, ulps = 4 }, op.unary)
  op.refuses("elu", {
    { op.u8 { 1, 2 }, code = "type", says = { "elu: x wants f", 't:to("f32")', "ae.scaled" } },
    { op.i32 { 1, 2 }, code = "type", says = { "elu: x wants f", 't:to("f32")' } },
    { { 1 }, attrs = { alpha = -0.5 }, code = "invalid", says = "elu: alpha must be at least 0 and finite, got -0.5" },
    { { 1 }, attrs = { alpha = inf }, code = "invalid", says = "elu: alpha must be at least 0 and finite, got inf" },
  })
  op.random("elu", { avoid = { 0 } }, { { { 3, 4 }, attrs = { alpha = 0.3 } }, { { 5 }, attrs = { alpha = 0 } } })
end)
