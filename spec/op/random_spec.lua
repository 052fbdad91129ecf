local ae = require "aelua"
local core = require "aelua.core"
local op = require "spec.support.op"
local values = require "spec.support.values"

for _, name in ipairs { "rand", "randn", "bernoulli", "randint", "permutation" } do
  op.covers(name, "values", "its numbers are random: their distribution is tested")
  op.covers(name, "compared", "its numbers are random")
end

-- What `draw` gives with one seed, again with it, with another, and with one thread.
local function is_seeded(draw)
  it("follows the seed, and no number of threads", function()
    local threads = core.threads()
    ae.seed(5)
    local first, second = values.flat(draw()), values.flat(draw())
    ae.seed(5)
    core.threads(1)
    local again = values.flat(draw())
    core.threads(threads)
    ae.seed(6)
    local other = values.flat(draw())
    assert.are.same(first, again)
    assert.are_not.same(first, second)
    assert.are_not.same(first, other)
  end)
end

-- Mean and standard deviation within five standard errors (those of `n` numbers with that deviation).
local function has_moments(t, mean, std, n)
  assert.is_near(mean, t:mean():item(), 5 * std / math.sqrt(n))
  assert.is_near(std, t:std():item(), 5 * std / math.sqrt(n))
end

describe("rand", function()
  it("is uniform in [low, high)", function()
    local x = ae.rand({ 100000 }, { low = -1, high = 3 })
    has_moments(x, 1, 4 / math.sqrt(12), 100000)
    assert(x:min():item() >= -1 and x:max():item() < 3)
    assert.are.same({ 2.5, 2.5 }, values.flat(ae.rand({ 2 }, { low = 2.5, high = 2.5 })))
    assert.are.same({ 0, 3 }, ae.rand({ 0, 3 }).shape)
  end)
  is_seeded(function() return ae.rand { 40000 } end)
  op.refuses("rand", {
    { attrs = { shape = { 2 }, low = 1, high = 0 }, code = "invalid",
      says = "rand: wants finite numbers with low <= high" },
    { attrs = { shape = { 2 }, high = math.huge }, code = "invalid", says = "rand" },
    { attrs = { shape = { -2 } }, code = "shape", says = "rand" },
  })
end)

describe("randn", function()
  it("is normal", function()
    local x = ae.randn({ 100000 }, { mean = 2, std = 3 })
    has_moments(x, 2, 3, 100000)
    local z = (x - 2) / 3
    assert.is_near(0.15866, z:gt(1):mean():item(), 0.006)
    assert.is_near(0.02275, z:lt(-2):mean():item(), 0.0024)
    assert.are.same({ 7, 7 }, values.flat(ae.randn({ 2 }, { mean = 7, std = 0 })))
  end)
  is_seeded(function() return ae.randn { 40000 } end)
  op.refuses("randn", {
    { attrs = { shape = { 2 }, std = -1 }, code = "invalid",
      says = "randn: wants a finite mean and a finite std of at least 0" },
    { attrs = { shape = { 2 }, mean = 0 / 0 }, code = "invalid", says = "randn" },
  })
end)

describe("bernoulli", function()
  it("is 1 with the probability given", function()
    local x = ae.bernoulli({ 100000 }, 0.3)
    assert.is_near(0.3, x:mean():item(), 0.0075)
    assert.is_near(0.3, x:square():mean():item(), 0.0075)
    assert.are.equal(0, ae.bernoulli({ 1000 }, 0):sum():item())
    assert.are.equal(1000, ae.bernoulli({ 1000 }, 1):sum():item())
    assert.are.equal("u8", ae.bernoulli({ 5 }, { dtype = "u8" }).dtype)
  end)
  is_seeded(function() return ae.bernoulli { 40000 } end)
  op.refuses("bernoulli", {
    { attrs = { shape = { 2 }, probability = 1.5 }, code = "invalid",
      says = "bernoulli: probability wants 0 to 1, got 1.5" },
    { attrs = { shape = { 2 }, probability = 0 / 0 }, code = "invalid", says = "bernoulli" },
  })
end)

describe("randint", function()
  it("gives each whole number of low to high alike", function()
    local x = ae.randint({ 60000 }, -2, 3)
    assert.are.equal("i32", x.dtype)
    for value = -2, 3 do
      assert.is_near(10000, x:eq(ae.full({}, value, { dtype = "i32" })):sum():item(), 5 * math.sqrt(60000 * 5 / 36))
    end
    assert.are.equal(-2, x:min():item())
    assert.are.equal(3, x:max():item())
    local wide = ae.randint({ 1000 }, -2147483648, 2147483647)
    assert(wide:min():item() < -2000000000 and wide:max():item() > 2000000000)
    assert.are.same({ 4 }, ae.randint({ 1 }, 4, 4):totable())
  end)
  is_seeded(function() return ae.randint({ 40000 }, 1, 100) end)
  op.refuses("randint", {
    { attrs = { shape = { 2 }, low = 2, high = 1 }, code = "invalid",
      says = "randint: wants low <= high within i32, got 2 and 1" },
    { attrs = { shape = { 2 }, low = 0, high = 2147483648 }, code = "invalid", says = "randint" },
    { attrs = { shape = { 2 }, low = 0 }, code = "invalid", says = { "randint", "high" } },
  })
end)

describe("permutation", function()
  it("has each number once, each first as often", function()
    local sorted = ae.permutation(1000):sort()
    assert.are.same(ae.arange(1, 1001, { dtype = "i32" }):totable(), sorted:totable())
    local first = { 0, 0, 0 }
    for _ = 1, 3000 do
      local i = ae.permutation(3)[1]:item()
      first[i] = first[i] + 1
    end
    for i = 1, 3 do assert.is_near(1000, first[i], 5 * math.sqrt(3000 * 2 / 9)) end
    assert.are.same({ 0 }, ae.permutation(0).shape)
    assert.are.same({ 1 }, ae.permutation(1):totable())
  end)
  is_seeded(function() return ae.permutation(2000) end)
  op.refuses("permutation", {
    { attrs = { n = -1 }, code = "invalid", says = "permutation: n wants 0 to 2147483647, got -1" },
    { attrs = { n = 2147483648 }, code = "invalid", says = "permutation" },
  })
end)
