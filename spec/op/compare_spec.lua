local op = require "spec.support.op"

local inf, nan = math.huge, 0 / 0

local results = { -- of { 1, 2, 2, nan, -inf } with { 2, 2, 1, nan, inf }
  eq = { 0, 1, 0, 0, 0 },
  ne = { 1, 0, 1, 1, 1 },
  lt = { 1, 0, 0, 0, 1 },
  le = { 1, 1, 0, 0, 1 },
  gt = { 0, 0, 1, 0, 0 },
  ge = { 0, 1, 1, 0, 0 },
}

for name, gives in pairs(results) do
  describe(name, function()
    local function with(value) return { gives[value < 2 and 1 or value == 2 and 2 or 3] } end
    op.values(name, {
      { { 1, 2, 2, nan, -inf }, { 2, 2, 1, nan, inf }, gives = gives, dtype = "u8" },
      { { { 1 }, { 3 } }, 2, gives = { with(1), with(3) }, dtype = "u8", name = "a number" },
      { 1, { 2 }, gives = with(1), dtype = "u8", name = "a number first" },
      { op.u8 { 200 }, op.i32 { 2 }, gives = with(200), dtype = "u8", name = "u8 with i32" },
      { op.i32 { 16777216 }, op.i32 { 16777217 }, gives = with(1), dtype = "u8", name = "i32 past the floats" },
      { op.i32 { 16777217 }, 16777216, gives = with(3), dtype = "u8", name = "i32 with a number past the floats" },
      { op.u8 { 2 }, 2.5, gives = with(1), dtype = "u8", name = "u8 with a number that is not whole" },
      { op.i32 { 2147483647 }, 2 ^ 40, gives = with(1), dtype = "u8", name = "i32 with a number past them all" },
    })
    op.fixtures(name, "elementwise")
    op.random(name, {}, op.binary)
    op.random(name, { low = 0, high = 3 }, {
      { { 40, dtype = "u8" }, { 3, 40, dtype = "i32" } },
      { { 40, dtype = "i32" }, 1.5 },
      { { 7, 1, dtype = "u8" }, { 9, dtype = "u8" } },
    })
    op.refuses(name, {
      { op.u8 { 1 }, { 1 }, code = "type", says = { name .. ": a is u8 and b is f", 't:to("f32")', "ae.scaled" } },
      { { 1 }, op.i32 { 1 }, code = "type", says = { name .. ": a is f", "b is i32" } },
      { { 1, 2 }, { 1, 2, 3 }, code = "shape", says = { name, "[2]", "[3]" } },
    })
  end)
end
