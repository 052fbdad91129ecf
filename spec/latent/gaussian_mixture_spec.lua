local ae = require "aelua"
local fails = require "spec.support.fails"

local GaussianMixture = ae.latent.GaussianMixture

describe("latent.GaussianMixture", function()
  local function two_groups()
    ae.seed(11)
    local first = ae.randn { 300, 2 }:matmul(ae.tensor { { 1, 0.8 }, { 0, 0.6 } })
    return ae.concat { first, ae.randn { 100, 2 } * 0.5 + 8 }
  end

  it("of one component is the Gaussian of the codes' mean and covariance", function()
    ae.seed(5)
    local codes = ae.randn { 200, 2 } * ae.tensor { 2, 0.5 } + 1
    local mixture = GaussianMixture(codes, 1, { floor = 0 })
    local mean = codes:mean(1)
    local centred = codes - mean
    local s = (centred:transpose():matmul(centred) / 200):totable()
    local det = s[1][1] * s[2][2] - s[1][2] ^ 2
    local got = mixture:log_prob(codes):totable()
    for i, row in ipairs(centred:totable()) do
      local x, y = row[1], row[2]
      local form = (s[2][2] * x * x - 2 * s[1][2] * x * y + s[1][1] * y * y) / det
      assert.near(-0.5 * form - 0.5 * math.log(det) - math.log(2 * math.pi), got[i], 1e-3)
    end
    assert.near(mixture:log_prob(codes):mean():item(), mixture.log_likelihood, 1e-3)
  end)

  it("finds weights, means and members of groups that lie apart", function()
    local codes = two_groups()
    local mixture = GaussianMixture(codes, 2)
    local weights, means = mixture.weights:totable(), mixture.means:totable()
    local large = weights[1] > weights[2] and 1 or 2
    assert.near(0.75, weights[large], 0.01)
    assert.near(8, means[3 - large][1], 0.2)
    assert.near(0, means[large][1], 0.2)
    local labels = mixture:assign(codes):totable()
    for i = 1, 400 do assert.equal(i <= 300 and large or 3 - large, labels[i]) end
  end)

  it("fits better with full covariances where features go together", function()
    local codes = two_groups()
    assert.is_true(GaussianMixture(codes, 2).log_likelihood
      > GaussianMixture(codes, 2, { covariance = "diagonal" }).log_likelihood + 0.1)
  end)

  it("draws samples with the codes' mean and covariance", function()
    local codes = two_groups()
    for _, covariance in ipairs { "full", "diagonal" } do
      local mixture = GaussianMixture(codes, 2, { covariance = covariance })
      ae.seed(1)
      local drawn = mixture:sample(20000)
      assert.same({ 20000, 2 }, drawn.shape)
      local gap = (drawn:mean(1) - codes:mean(1)):abs():max():item()
      assert.is_true(gap < 0.1, "means differ by " .. gap)
      local spread = (drawn:std(1) / codes:std(1) - 1):abs():max():item()
      assert.is_true(spread < 0.05, "spreads differ by " .. spread)
    end
  end)

  it("mixes the components' samples: none comes in a block", function()
    local mixture = GaussianMixture(two_groups(), 2)
    ae.seed(2)
    local labels, changes = mixture:assign(mixture:sample(200)):totable(), 0
    for i = 2, 200 do changes = changes + (labels[i] ~= labels[i - 1] and 1 or 0) end
    assert.is_true(changes > 30)
  end)

  it("says what it wants", function()
    fails("invalid", "wants 1 to 2 components, got 3", function() GaussianMixture(ae.zeros { 2, 2 }, 3) end)
    fails("invalid", "covariance wants one of full, diagonal", function()
      GaussianMixture(ae.zeros { 2, 2 }, 1, { covariance = "tied" })
    end)
    fails("invalid", "a covariance is not positive definite", function()
      GaussianMixture(ae.ones { 4, 3 }, 1, { floor = 0 })
    end)
    fails("invalid", "fewer components or a larger floor", function()
      GaussianMixture(ae.ones { 4, 3 }, 1, { floor = 0, covariance = "diagonal" })
    end)
    fails("invalid", "wants a count from 1, got 0", function() GaussianMixture(two_groups(), 1):sample(0) end)
  end)
end)
