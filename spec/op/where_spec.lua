local ae = require "aelua"
local op = require "spec.support.op"

local nan = 0 / 0

-- A u8 input of 0 and 1.
local function masked(...) return { dtype = "u8", low = 0, high = 1, ... } end

describe("where", function()
  op.values("where", {
    { op.u8 { 1, 0, 2 }, { 1, 2, 3 }, { -1, -2, nan }, gives = { 1, -2, 3 } },
    { op.u8 { { 1 }, { 0 } }, { 1, 2 }, 0, gives = { { 1, 2 }, { 0, 0 } }, name = "all broadcast" },
    { op.u8 { 1, 0 }, 0.5, -0.5, gives = { 0.5, -0.5 }, name = "two numbers" },
    { op.u8 { 1, 0 }, op.i32 { 16777217, 1 }, 16777219, gives = { 16777217, 16777219 }, dtype = "i32" },
    { op.u8 { 1, 0 }, op.u8 { 7, 8 }, op.u8 { 200 }, gives = { 7, 200 }, dtype = "u8" },
    { op.u8 { 1, 0 }, 255, op.u8 { 3, 4 }, gives = { 255, 4 }, dtype = "u8" },
  })
  op.fixtures("where", "elementwise")
  op.random("where", { ulps = 0 }, {
    { masked(3, 5), { 3, 5 }, { 3, 5 } }, { masked(5), { 3, 5 }, { 3, 1 } }, { masked(3, 1), { 5 }, { 1 } },
    { masked(1), { 2, 3 }, { 3 } }, { masked(0, 2), { 2 }, { 1, 2 } }, { masked(4), {}, { 4 } }, { masked(4), 2, { 4 } },
    { masked(), {}, {} }, { masked(40, 60), { 60 }, { 40, 1 }, large = true },
  })
  op.refuses("where", {
    { { 1, 0 }, { 1, 2 }, { 3, 4 }, code = "type", says = "where: condition wants u8, got f" },
    { op.u8 { 1 }, { 1 }, op.u8 { 1 }, code = "type", says = { "where: a is f", "b is u8", "ae.scaled" } },
    { op.u8 { 1 }, op.u8 { 1 }, 256, code = "type", says = "where: beside u8, a number must be whole and from 0 to 255" },
    { op.u8 { 1, 0 }, { 1, 2, 3 }, { 1 }, code = "shape", says = { "where", "[2]", "[3]" } },
  })

  it("keeps nan of what was not taken out of the gradient", function()
    local x = ae.tensor { -1, 4 }
    x:require_grad(true)
    ae.where(x:gt(0), x:sqrt(), 0):backward(ae.tensor { 1, 1 })
    local first, second = table.unpack(x.grad:totable())
    assert.is_true(first ~= first) -- sqrt's own derivative at -1 is nan, and 0 times it
    assert.same(0.25, second)
    local y = ae.tensor { -1, 4 }
    y:require_grad(true)
    ae.where(y:gt(0), 2 * y, nan):backward(ae.tensor { 1, 1 })
    assert.same({ 0, 2 }, y.grad:totable())
  end)
end)
