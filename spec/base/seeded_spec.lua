local ae = require "aelua"
local seeded = require "aelua.base.seeded"

describe("seeded", function()
  it("draws the same for a seed, and leaves the stream of ae.seed as it was", function()
    local function draw(n) return ae.rand(n):totable() end
    ae.seed(1)
    local wanted = { draw(2), draw(2) }
    assert.same(seeded(7, draw, 3), seeded(7, draw, 3))
    assert.not_same(seeded(7, draw, 3), seeded(8, draw, 3))
    ae.seed(1)
    local first = draw(2)
    seeded(7, draw, 3)
    assert.same(wanted, { first, draw(2) })
  end)

  it("does so where the function raises, and hands the error on as it is", function()
    ae.seed(1)
    local wanted = ae.rand(1):item()
    ae.seed(1)
    local failure = { code = "invalid" }
    local ok, raised = pcall(seeded, 7, function()
      ae.rand(3)
      error(failure)
    end)
    assert.is_false(ok)
    assert.equal(failure, raised)
    assert.equal(wanted, ae.rand(1):item())
  end)
end)
