local ae = require "aelua"
local fails = require "spec.support.fails"

local factor_score, shapes = ae.latent.factor_score, ae.data.shapes

local function draw(n, fixed) return shapes.random(n, fixed):to(ae.real) end
local few = { votes = 60, samples = 16, reference = 200 }

describe("latent.factor_score", function()
  before_each(function() ae.seed(4) end)

  it("is 1 for codes that are the factors, in any order and scale", function()
    assert.equal(1, factor_score(function(x) return x end, draw, 5, few))
    local mixed = ae.tensor({ 5, 3, 1, 2, 4 }, { dtype = "i32" })
    assert.equal(1, factor_score(function(x) return x:index(mixed, 2) * -7 end, draw, 5, few))
  end)

  it("is no better than chance for codes that know nothing", function()
    local score = factor_score(function(x) return ae.randn { #x, 4 } end, draw, 5, few)
    assert.is_true(score < 0.5)
  end)

  it("gives dimensions that hardly vary no vote", function()
    local function with_dead(x) return ae.concat({ x, ae.randn { #x, 3 } * 1e-3 }, 2) end
    assert.equal(1, factor_score(with_dead, draw, 5, few))
    assert.equal(0, factor_score(function(x) return ae.zeros { #x, 2 } end, draw, 5, few))
  end)

  it("says what it wants", function()
    fails("type", "wants a function that encodes and one that draws", function() factor_score(1, draw, 5) end)
    fails("invalid", "wants 2 factors or more, got 1", function() factor_score(draw, draw, 1) end)
    local calls = 0
    local function broken(x)
      calls = calls + 1
      return calls == 1 and x or x / 0
    end
    fails("invalid", "latent.factor_score: codes that are not finite", function() factor_score(broken, draw, 5, few) end)
    fails("shape", "wants codes [N, 5]", function()
      calls = 0
      factor_score(function(x)
        calls = calls + 1
        return calls == 1 and x or x:narrow(2, 1, 2)
      end, draw, 5, few)
    end)
  end)
end)
