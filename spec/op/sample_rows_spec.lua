local ae = require "aelua"
local core = require "aelua.core"
local op = require "spec.support.op"

local shuffled, weighted = core.ops.sample_shuffled, core.ops.sample_weighted

local function sorted(t)
  local list = t:totable()
  table.sort(list)
  return list
end

describe("sample_shuffled", function()
  op.covers("sample_shuffled", "values")
  op.covers("sample_shuffled", "compared", "integers alone: the same in both builds")

  it("gives each of 1..n once", function()
    for _, n in ipairs { 0, 1, 2, 7, 1000 } do
      local wanted = {}
      for i = 1, n do wanted[i] = i end
      assert.same(wanted, sorted(shuffled(n, 3, 0)))
    end
  end)

  it("depends on seed and epoch alone", function()
    local first = shuffled(100, 3, 5):totable()
    ae.seed(99)
    ae.rand(10)
    assert.same(first, shuffled(100, 3, 5):totable())
    assert.not_same(first, shuffled(100, 4, 5):totable())
    assert.not_same(first, shuffled(100, 3, 6):totable())
  end)

  it("has no favourite places", function()
    local n, draws, counts = 8, 4000, {}
    for epoch = 1, draws do
      for i, value in ipairs(shuffled(n, 1, epoch):totable()) do
        local cell = n * (i - 1) + value
        counts[cell] = (counts[cell] or 0) + 1
      end
    end
    local chi, wanted = 0, draws / n
    for cell = 1, n * n do chi = chi + ((counts[cell] or 0) - wanted) ^ 2 / wanted end
    assert.is_true(chi < 86) -- 49 degrees of freedom: exceeded once in 1000
  end)

  op.refuses("sample_shuffled", {
    { attrs = { n = -1, seed = 0, epoch = 0 }, code = "invalid", says = "n wants 0 to 2147483647, got -1" },
    { attrs = { n = 1 << 31, seed = 0, epoch = 0 }, code = "invalid", says = "got 2147483648" },
    { attrs = { n = 3, seed = 0 }, code = "invalid", says = "epoch" },
  })
end)

describe("sample_weighted", function()
  op.covers("sample_weighted", "values")
  op.covers("sample_weighted", "compared", "the sum of the weights is in double in both builds")

  it("draws in proportion to the weights", function()
    local weights, draws, counts = { 1, 0, 4, 0.5, 2.5, 0 }, 40000, { 0, 0, 0, 0, 0, 0 }
    for _, place in ipairs(weighted(ae.tensor(weights), draws, 7, 0):totable()) do counts[place] = counts[place] + 1 end
    local chi = 0
    for i, weight in ipairs(weights) do
      local wanted = draws * weight / 8
      if weight == 0 then assert.equal(0, counts[i]) else chi = chi + (counts[i] - wanted) ^ 2 / wanted end
    end
    assert.is_true(chi < 16.3) -- 3 degrees of freedom: exceeded once in 1000
  end)

  it("depends on seed and epoch alone, draw by draw", function()
    local weights = ae.rand(50)
    local long, short = weighted(weights, 200, 1, 2):totable(), weighted(weights, 80, 1, 2):totable()
    for i, place in ipairs(short) do assert.equal(place, long[i]) end
    assert.not_same(long, weighted(weights, 200, 1, 3):totable())
    assert.same({ 1, 1, 1 }, weighted(ae.tensor { 0.25 }, 3, 0, 0):totable())
    assert.same({}, weighted(ae.tensor { 0.25 }, 0, 0, 0):totable())
  end)

  local function attrs(n) return { n = n, seed = 0, epoch = 0 } end
  op.refuses("sample_weighted", {
    { ae.tensor { 1, -1 }, attrs = attrs(2), code = "invalid", says = "weight 2 is -1" },
    { ae.tensor { 0 / 0 }, attrs = attrs(2), code = "invalid", says = "weight 1 is" },
    { ae.tensor { 1, math.huge }, attrs = attrs(2), code = "invalid", says = "weight 2 is inf" },
    { ae.tensor { 0, 0 }, attrs = attrs(2), code = "invalid", says = "all weights are 0" },
    { ae.zeros(0), attrs = attrs(2), code = "shape", says = "wants [N], N > 0, got [0]" },
    { ae.tensor { { 1 } }, attrs = attrs(2), code = "shape", says = "got [1, 1]" },
    { op.i32 { 1 }, attrs = attrs(2), code = "type", says = "weights" },
    { ae.tensor { 1 }, attrs = attrs(-2), code = "invalid", says = "n wants 0 to" },
  })
end)
