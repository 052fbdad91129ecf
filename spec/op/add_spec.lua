local op = require "spec.support.op"

describe("add", function()
  op.values("add", {
    { { { 1, 2 }, { 3, 4 } }, { 10, 20 }, gives = { { 11, 22 }, { 13, 24 } } },
    { { 1, 2 }, 0.5, gives = { 1.5, 2.5 } },
    { op.i32 { 2147483647, -1 }, op.i32 { 1 }, gives = { -2147483648, 0 }, dtype = "i32", name = "i32 wraps around" },
    { op.i32 { 16777217 }, 16777217, gives = { 33554434 }, dtype = "i32", name = "a number beside i32 is exact" },
    { op.i32 { 5 }, op.i32 { { 1 }, { 2 } }, gives = { { 6 }, { 7 } }, dtype = "i32" },
  })
  op.fixtures("add", "elementwise")
  op.random("add", { ulps = 2 }, op.binary)
  op.refuses("add", {
    { op.u8 { 1 }, { 1 }, code = "type", says = { "add: a wants f", 't:to("f32")', "ae.scaled" } },
    { { 1 }, op.i32 { 1 }, code = "type", says = { "add: ", 't:to("f32")' } },
    { op.i32 { 1 }, 0.5, code = "type", says = { "add: beside i32, a number must be whole", "0.5" } },
    { op.i32 { 1 }, 2 ^ 40, code = "type", says = "a number must be whole and from -2147483648 to 2147483647" },
    { { 1, 2 }, { 1, 2, 3 }, code = "shape", says = { "add", "[2]", "[3]" } },
    { { 1 }, "2", code = "type", says = "add: b wants a tensor or a number" },
    { { 1 }, { 2 }, attrs = { alpha = 2 }, code = "invalid", says = "alpha" },
  })
end)
