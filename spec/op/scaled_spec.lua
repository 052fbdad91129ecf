local ae = require "aelua"
local op = require "spec.support.op"

describe("scaled", function()
  op.values("scaled", {
    { op.u8 { { 0, 51 }, { 102, 255 } }, gives = { { 0, 0.2 }, { 0.4, 1 } } },
    { { 0.5, -2 }, gives = { 0.5, -2 }, name = "real passes" },
    { op.i32 { 300, -1 }, gives = { 300, -1 }, dtype = "i32", name = "i32 passes" },
  })
  op.random("scaled", { ulps = 1 }, {
    { { 3, 4 } }, { { 1 } }, { {} }, { { 0, 2 } },
  })
  op.random("scaled", { ulps = 1, gradient = false, low = 0, high = 255 }, {
    { { 3, 67, dtype = "u8" } }, { { 0, dtype = "u8" } }, { { 300, 200, dtype = "u8" } },
  })
  op.refuses("scaled", { { 3, code = "type", says = "scaled: x wants a tensor, got 3" } })

  it("shares the memory of what passes", function()
    local x = ae.tensor { 1, 2 }
    x:scaled():fill_(7)
    assert.same({ 7, 7 }, x:totable())
  end)
end)
