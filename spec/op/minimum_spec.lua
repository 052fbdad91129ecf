local op = require "spec.support.op"

local nan = 0 / 0

describe("minimum", function()
  op.values("minimum", {
    { { 1, 5, nan, 2 }, { 3, 4, 1, nan }, gives = { 1, 4, nan, nan } },
    { { -1, 2 }, 0, gives = { -1, 0 } },
    { op.i32 { 1, -5 }, 0, gives = { 0, -5 }, dtype = "i32" },
  })
  op.fixtures("minimum", "elementwise")
  op.random("minimum", { spread = true, ulps = 0, gradcheck = { eps = 2e-3 } }, op.binary)
  op.refuses("minimum", {
    { op.u8 { 1 }, { 1 }, code = "type", says = { "minimum: a wants f", 't:to("f32")', "ae.scaled" } },
    { { 1 }, op.i32 { 1 }, code = "type", says = { "minimum: ", 't:to("f32")' } },
    { op.i32 { 1 }, 0.5, code = "type", says = { "minimum: beside i32, a number must be whole", "0.5" } },
    { op.i32 { 1 }, 2 ^ 40, code = "type", says = "a number must be whole and from -2147483648 to 2147483647" },
    { { 1, 2 }, { 1, 2, 3 }, code = "shape", says = { "minimum", "[2]", "[3]" } },
    { { 1 }, "2", code = "type", says = "minimum: b wants a tensor or a number" },
    { { 1 }, { 2 }, attrs = { alpha = 2 }, code = "invalid", says = "alpha" },
  })
end)
