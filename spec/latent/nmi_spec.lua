local ae = require "aelua"
local fails = require "spec.support.fails"
local values = require "spec.support.values"

local nmi, i32 = ae.latent.nmi, values.i32

describe("latent.nmi", function()
  it("is 1 for the same parts, whatever they are called", function()
    assert.near(1, nmi(i32 { 1, 1, 2, 2, 3 }, i32 { 1, 1, 2, 2, 3 }), 1e-6)
    assert.near(1, nmi(i32 { 1, 1, 2, 2, 3 }, i32 { 3, 3, 1, 1, 2 }), 1e-6)
    assert.equal(1, nmi(i32 { 1, 1 }, i32 { 4, 4 }))
  end)

  it("is 0 for independent labels", function()
    assert.near(0, nmi(i32 { 1, 1, 2, 2 }, i32 { 1, 2, 1, 2 }), 1e-6)
    assert.near(0, nmi(i32 { 1, 2, 3 }, i32 { 1, 1, 1 }), 1e-6)
  end)

  it("is the mutual information over the mean entropy", function()
    -- Together: 2/4 (1,1), 1/4 (2,1), 1/4 (2,2).
    local of_a = math.log(2)
    local of_b = -0.75 * math.log(0.75) - 0.25 * math.log(0.25)
    local both = -0.5 * math.log(0.5) - 2 * 0.25 * math.log(0.25)
    assert.near((of_a + of_b - both) / ((of_a + of_b) / 2), nmi(i32 { 1, 1, 2, 2 }, i32 { 1, 1, 1, 2 }), 1e-6)
  end)

  it("says what it wants", function()
    fails("shape", "3 codes, 2 labels", function() nmi(i32 { 1, 2, 3 }, i32 { 1, 2 }) end)
    fails("type", "wants labels as an i32 tensor [N]", function() nmi({ 1 }, i32 { 1 }) end)
    fails("invalid", "labels count from 1", function() nmi(i32 { 0 }, i32 { 1 }) end)
  end)
end)
