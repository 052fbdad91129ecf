local ae = require "aelua"
local unit = require "aelua.base.unit"

describe("unit", function()
  it("gives the range of a tensor, nan where there is one, and nothing of none", function()
    assert.same({ -3, 2 }, { unit.range(ae.tensor { { 2, -3 }, { 0, 1 } }) })
    assert.same({ 4, 9 }, { unit.range(ae.tensor({ 9, 4 }, { dtype = "i32" })) })
    assert.is_nil((unit.range(ae.zeros { 0, 3 })))
    local low, high = unit.range(ae.tensor { 1, 0 / 0 })
    assert.is_true(low ~= low and high ~= high)
  end)

  it("does not look through what is marked", function()
    local one, named = ae.rand(3), { a = ae.rand(2), b = ae.rand(2) }
    assert.equal(one, unit.mark(one))
    assert.equal(named, unit.mark(named))
    for _, t in ipairs { one, named.a, named.b } do assert.is_nil((unit.range(t))) end
    assert.is_number((unit.range(one * 2)))
  end)
end)
