local ae = require "aelua"
local fails = require "spec.support.fails"
local values = require "spec.support.values"

local mig = ae.latent.mig

-- Every pair of 1..4 and 1..3, once.
local function pairs_of_factors()
  local rows = {}
  for a = 1, 4 do
    for b = 1, 3 do rows[#rows + 1] = { a, b } end
  end
  return values.i32(rows)
end

describe("latent.mig", function()
  local factors = pairs_of_factors()
  local codes = factors:to(ae.real)

  it("is 1 where every dimension is a factor", function()
    local whole, each = mig(codes, factors)
    assert.near(1, whole, 1e-9)
    assert.near(1, each[1], 1e-9)
    assert.near(1, each[2], 1e-9)
  end)

  it("is 0 where two dimensions know the same", function()
    local twice = ae.concat({ codes, codes }, 2)
    assert.near(0, (mig(twice, factors)), 1e-9)
  end)

  it("leaves a factor that never changes out of the mean", function()
    local constant = ae.ones({ 12, 1 }, { dtype = "i32" })
    local whole, each = mig(codes, ae.concat({ factors, constant }, 2))
    assert.near(1, whole, 1e-9)
    assert.equal(0, each[3])
  end)

  it("sees what the bins leave", function()
    local coarse = mig(codes, factors, { bins = 2 })
    assert.near((math.log(2) / math.log(4) + (math.log(3) - 2 / 3 * math.log(2)) / math.log(3)) / 2, coarse, 1e-6)
  end)

  it("says what it wants", function()
    fails("shape", "wants factors i32 [12, F], got", function() mig(codes, codes) end)
    fails("invalid", "latent.mig: codes that are not finite", function() mig(codes / 0, factors) end)
    fails("shape", "a gap wants codes of 2 dimensions", function() mig(codes:narrow(2, 1, 1), factors) end)
  end)
end)
