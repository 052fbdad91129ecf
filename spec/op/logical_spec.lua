local op = require "spec.support.op"

local nan = 0 / 0

local results = { -- of { 0, 0, 1, 3 } with { 0, 2, 0, 255 }
  logical_and = { 0, 0, 0, 1 },
  logical_or = { 0, 1, 1, 1 },
  logical_xor = { 0, 1, 1, 0 },
}

for name, gives in pairs(results) do
  describe(name, function()
    op.values(name, {
      { op.u8 { 0, 0, 1, 3 }, op.u8 { 0, 2, 0, 255 }, gives = gives, dtype = "u8" },
      { op.i32 { 0, 0, -1, 256 }, { 0, nan, 0, 0.5 }, gives = gives, dtype = "u8", name = "types mixed" },
      { op.u8 { { 0 }, { 1 } }, op.u8 { 0, 1 }, gives = { { gives[1], gives[2] }, { gives[3], gives[4] } }, dtype = "u8" },
      { op.u8 { 0, 1 }, 1, gives = { gives[2], gives[4] }, dtype = "u8", name = "a number" },
    })
    op.fixtures(name, "elementwise")
    op.random(name, { low = 0, high = 1 }, {
      { { 3, 40, dtype = "u8" }, { 40, dtype = "u8" } }, { { 0, 2, dtype = "u8" }, { 2, dtype = "i32" } },
      { { 9, 1, dtype = "i32" }, { 300, dtype = "u8" } },
    })
    op.refuses(name, { { op.u8 { 1, 2 }, op.u8 { 1, 2, 3 }, code = "shape", says = { name, "[2]", "[3]" } } })
  end)
end

describe("logical_not", function()
  op.values("logical_not", {
    { op.u8 { { 0, 1 }, { 255, 0 } }, gives = { { 1, 0 }, { 0, 1 } }, dtype = "u8" },
    { op.i32 { 0, -1, 256 }, gives = { 1, 0, 0 }, dtype = "u8" },
    { { 0, -0.0, 0.5, nan }, gives = { 1, 1, 0, 0 }, dtype = "u8" },
  })
  op.fixtures("logical_not", "elementwise")
  op.random("logical_not", { low = 0, high = 2 }, { { { 3, 40, dtype = "u8" } }, { { 0, dtype = "u8" } }, { { 7 } } })
  op.refuses("logical_not", { { 1, code = "type", says = "logical_not: x wants a tensor, got 1" } })
end)
