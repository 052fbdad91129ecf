local op = require "spec.support.op"

describe("sub", function()
  op.values("sub", {
    { { { 1, 2 }, { 3, 4 } }, { 10, 20 }, gives = { { -9, -18 }, { -7, -16 } } },
    { 1, { 0.25, 2 }, gives = { 0.75, -1 } },
    { op.i32 { -2147483648 }, 1, gives = { 2147483647 }, dtype = "i32", name = "i32 wraps around" },
  })
  op.fixtures("sub", "elementwise")
  op.random("sub", { ulps = 2 }, op.binary)
  op.refuses("sub", {
    { op.u8 { 1 }, { 1 }, code = "type", says = { "sub: a wants f", 't:to("f32")', "ae.scaled" } },
    { { 1 }, op.i32 { 1 }, code = "type", says = { "sub: ", 't:to("f32")' } },
    { op.i32 { 1 }, 0.5, code = "type", says = { "sub: beside i32, a number must be whole", "0.5" } },
    { op.i32 { 1 }, 2 ^ 40, code = "type", says = "a number must be whole and from -2147483648 to 2147483647" },
    { { 1, 2 }, { 1, 2, 3 }, code = "shape", says = { "sub", "[2]", "[3]" } },
    { { 1 }, "2", code = "type", says = "sub: b wants a tensor or a number" },
    { { 1 }, { 2 }, attrs = { alpha = 2 }, code = "invalid", says = "alpha" },
  })
end)
