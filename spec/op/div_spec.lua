local op = require "spec.support.op"

local inf, nan = math.huge, 0 / 0

describe("div", function()
  op.values("div", {
    { { { 1, 2 }, { 3, 4 } }, { 2, 4 }, gives = { { 0.5, 0.5 }, { 1.5, 1 } } },
    { { 1, 0, -1 }, 0, gives = { inf, nan, -inf } },
    { 1, { 4, 8 }, gives = { 0.25, 0.125 } },
  })
  op.fixtures("div", "elementwise")
  op.random("div", { low = 0.4, high = 2, ulps = 2, grad_ulps = 64 }, op.binary)
  op.refuses("div", {
    { op.u8 { 1 }, { 1 }, code = "type", says = { "div: a wants f", 't:to("f32")', "ae.scaled" } },
    { { 1 }, op.i32 { 1 }, code = "type", says = { "div: ", 't:to("f32")' } },
    { { 1, 2 }, { 1, 2, 3 }, code = "shape", says = { "div", "[2]", "[3]" } },
    { { 1 }, "2", code = "type", says = "div: b wants a tensor or a number" },
    { { 1 }, { 2 }, attrs = { alpha = 2 }, code = "invalid", says = "alpha" },
  })
end)
