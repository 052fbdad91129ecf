local op = require "spec.support.op"

local nan = 0 / 0

describe("maximum", function()
  op.values("maximum", {
    { { 1, 5, nan, 2 }, { 3, 4, 1, nan }, gives = { 3, 5, nan, nan } },
    { { -1, 2 }, 0, gives = { 0, 2 } },
    { op.i32 { 1, -5 }, 0, gives = { 1, 0 }, dtype = "i32" },
  })
  op.fixtures("maximum", "elementwise")
  op.random("maximum", { spread = true, ulps = 0, gradcheck = { eps = 2e-3 } }, op.binary)
  op.refuses("maximum", {
    { op.u8 { 1 }, { 1 }, code = "type", says = { "maximum: a wants f", 't:to("f32")', "ae.scaled" } },
    { { 1 }, op.i32 { 1 }, code = "type", says = { "maximum: ", 't:to("f32")' } },
    { op.i32 { 1 }, 0.5, code = "type", says = { "maximum: beside i32, a number must be whole", "0.5" } },
    { op.i32 { 1 }, 2 ^ 40, code = "type", says = "a number must be whole and from -2147483648 to 2147483647" },
    { { 1, 2 }, { 1, 2, 3 }, code = "shape", says = { "maximum", "[2]", "[3]" } },
    { { 1 }, "2", code = "type", says = "maximum: b wants a tensor or a number" },
    { { 1 }, { 2 }, attrs = { alpha = 2 }, code = "invalid", says = "alpha" },
  })
end)
