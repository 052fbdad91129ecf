local op = require "spec.support.op"

local nan = 0 / 0

describe("leaky_relu", function()
  op.values("leaky_relu", {
    { { 2, -2, 0 }, gives = { 2, -0.02, 0 } },
    { { 2, -2, 0 }, 0.5, gives = { 2, -1, 0 }, name = "slope by position" },
    { { -2 }, attrs = { slope = -1 }, gives = { 2 } },
  })
  op.fixtures("leaky_relu", "elementwise")
  op.random("leaky_relu", { avoid = { 0 }, ulps = 2 }, op.unary)
  op.refuses("leaky_relu", {
    { op.u8 { 1, 2 }, code = "type", says = { "leaky_relu: x wants f", 't:to("f32")', "ae.scaled" } },
    { op.i32 { 1, 2 }, code = "type", says = { "leaky_relu: x wants f", 't:to("f32")' } },
    { { 1 }, attrs = { slope = nan }, code = "invalid", says = "leaky_relu: slope must be finite, got" },
    { { 1 }, attrs = { slop = 1 }, code = "invalid", says = "did you mean 'slope'?" },
  })
  op.random("leaky_relu", { avoid = { 0 } }, { { { 3, 4 }, attrs = { slope = 0.3 } }, { { 5 }, attrs = { slope = -2 } } })
end)
