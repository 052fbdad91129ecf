local ae = require "aelua"
local fails = require "spec.support.fails"

local KMeans = ae.latent.KMeans

local function blobs()
  ae.seed(7)
  local noise = ae.randn { 90, 2 } * 0.2
  return ae.concat {
    noise:narrow(1, 1, 30) + ae.tensor { 4, 0 }, noise:narrow(1, 31, 30) + ae.tensor { 0, 4 },
    noise:narrow(1, 61, 30) - ae.tensor { 3, 3 },
  }
end

describe("latent.KMeans", function()
  it("finds three groups that lie apart", function()
    local codes = blobs()
    local means = KMeans(codes, 3)
    local labels = means:assign(codes):totable()
    for group = 0, 2 do
      for i = 2, 30 do assert.equal(labels[group * 30 + 1], labels[group * 30 + i]) end
    end
    assert.is_true(labels[1] ~= labels[31] and labels[1] ~= labels[61] and labels[31] ~= labels[61])
  end)

  it("puts every centre where its codes' mean is, and tells the squared distances that are left", function()
    local codes = blobs()
    local means = KMeans(codes, 4)
    local labels, rows, centers = means:assign(codes):totable(), codes:totable(), means.centers:totable()
    local sums, inertia = {}, 0
    for i, row in ipairs(rows) do
      local k = labels[i]
      sums[k] = sums[k] or { 0, 0, 0 }
      sums[k] = { sums[k][1] + row[1], sums[k][2] + row[2], sums[k][3] + 1 }
      inertia = inertia + (row[1] - centers[k][1]) ^ 2 + (row[2] - centers[k][2]) ^ 2
    end
    for k, sum in pairs(sums) do
      assert.near(sum[1] / sum[3], centers[k][1], 1e-4)
      assert.near(sum[2] / sum[3], centers[k][2], 1e-4)
    end
    assert.near(inertia, means.inertia, 1e-3)
  end)

  it("with as many centres as codes leaves nothing, also where codes are alike", function()
    assert.near(0, KMeans(ae.tensor { { 1, 2 }, { 3, 4 }, { 9, 9 } }, 3).inertia, 1e-4)
    assert.near(0, KMeans(ae.ones { 5, 2 }, 3).inertia, 1e-4)
  end)

  it("gives the same for the same seed", function()
    local codes = blobs()
    ae.seed(3)
    local first = KMeans(codes, 5)
    ae.seed(3)
    local second = KMeans(codes, 5)
    assert.same(first.centers:totable(), second.centers:totable())
  end)

  it("says what it wants", function()
    fails("invalid", "wants 1 to 3 centres, got 4", function() KMeans(ae.zeros { 3, 2 }, 4) end)
    fails("invalid", "has no option 'start'; did you mean 'starts'?", function() KMeans(ae.zeros { 3, 2 }, 1, { start = 1 }) end)
    fails("invalid", "not finite", function() KMeans(ae.tensor { { 0 / 0 } }, 1) end)
    fails("shape", "KMeans:assign: wants codes [N, 2], got [1, 3]", function()
      KMeans(ae.zeros { 3, 2 }, 1):assign(ae.zeros { 1, 3 })
    end)
  end)
end)
