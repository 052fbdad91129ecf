local ae = require "aelua"
local Usage = require "aelua.model.usage"

describe("the use of a codebook over a pass", function()
  it("is the perplexity of all codes and how many came", function()
    local usage = Usage()
    assert.is_nil(usage:measure())
    usage:add(ae.tensor { 3, 0, 1, 0 })
    usage:add(ae.tensor { 1, 0, 0, 3 })
    local perplexity, used = usage:measure()
    assert.near(math.exp(-(0.5 * math.log(0.5) + 0.125 * math.log(0.125) + 0.375 * math.log(0.375))), perplexity, 1e-9)
    assert.equal(3, used)
    local even = Usage()
    even:add(ae.ones(16))
    assert.near(16, (even:measure()), 1e-9)
  end)

  it("is exact where a sum of single precision would not be", function()
    local usage = Usage()
    for _ = 1, 3 do usage:add(ae.tensor { 2 ^ 24 - 1, 1 }) end
    local perplexity, used = usage:measure()
    assert.equal(2, used)
    local p = 2 ^ -24
    assert.near(-(p * math.log(p) + (1 - p) * math.log(1 - p)), math.log(perplexity), 1e-12)
  end)
end)
