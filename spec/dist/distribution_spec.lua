-- What all distributions are held to: PyTorch's numbers (scripts/fixtures/dist.py), samples that have the moments which
-- the distribution states, gradients, estimates close to closed forms, bad input.
local ae = require "aelua"
local core = require "aelua.core"
local fails = require "spec.support.fails"
local values = require "spec.support.values"

local dist = ae.dist

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return core.json.decode(file:read("a"))
end
local fixtures = read "spec/fixtures/dist.json"

local tolerance = { rtol = values.is_double and 1e-9 or 1e-4, atol = values.is_double and 1e-9 or 2e-5 }
local function same(want, got) values.assert_values(got, values.flatten(want), values.shape_of(want), tolerance) end

local function make(class, parameters)
  local tensors = {}
  for i, p in ipairs(parameters) do tensors[i] = ae.tensor(p):require_grad(true) end
  return dist[class](table.unpack(tensors)), tensors
end

for _, case in ipairs(fixtures.distributions) do
  describe("dist." .. case.class, function()
    local d, tensors, x
    before_each(function()
      ae.seed(5)
      d, tensors = make(case.class, case.parameters)
      x = ae.tensor(case.value, { dtype = case.dtype })
    end)

    it("has PyTorch's log_prob, with its gradients", function()
      local log_prob = d:log_prob(x)
      same(case.log_prob, log_prob)
      local weighted = log_prob * ae.linspace(-1, 1, #log_prob)
      weighted:sum():backward()
      for i, gradient in ipairs(case.gradients) do same(gradient, tensors[i].grad) end
    end)

    it("has PyTorch's entropy and moments", function()
      same(case.entropy, d:entropy())
      if case.mean then same(case.mean, d:mean()) end
      if case.variance then same(case.variance, d:variance()) end
    end)

    it("has PyTorch's divergence from another of its family", function()
      local other = make(case.class, case.other)
      same(case.kl, d:kl(other))
      local none = d:kl(d):abs():max():item()
      assert(none < 1e-6, none)
    end)

    it("has estimates close to what it has closed forms of", function()
      local other = make(case.class, case.other)
      local wanted, got = d:kl(other):totable(), d:kl(other, { samples = 40000 }):totable()
      for i, value in ipairs(wanted) do assert.near(value, got[i], 0.05 + 0.03 * value) end
      wanted, got = d:entropy():totable(), d:entropy({ samples = 40000 }):totable()
      for i, value in ipairs(wanted) do assert.near(value, got[i], 0.06) end
    end)

    it("draws samples of its shape, one or several of each", function()
      assert.same(d:shape(), d:sample().shape)
      assert.same({ 6, table.unpack(d:shape()) }, d:sample(6).shape)
      assert.same({ 6, 4 }, d:log_prob(d:sample(6)).shape)
      if not case.mean then return end
      local z = d:sample(40000)
      local deviation = d:variance():sqrt()
      local apart = ((z:mean(1) - d:mean()) / deviation):abs():max():item()
      assert(apart < 5 / math.sqrt(40000), "means are " .. apart .. " deviations apart")
      local spread = z:var(1) / d:variance()
      assert(spread:max():item() < 1.15 and spread:min():item() > 0.85, "variances differ")
    end)

    it("lets gradients through its samples where it says so", function()
      assert.equal(d.reparameterised, d:sample().requires_grad)
      if not d.reparameterised then return end
      local plain = {}
      for i, p in ipairs(case.parameters) do plain[i] = ae.tensor(p) end
      assert(ae.gradcheck(function(...) return dist[case.class](...):sample() end, table.unpack(plain)))
    end)

    it("serves a batch of any size alone, and gives those that are asked for", function()
      local second = d:at(ae.tensor({ 2 }, { dtype = "i32" }))
      assert.equal(1, #second)
      values.assert_values(second:log_prob(x)[2], { case.log_prob[2] }, {}, tolerance)
      assert.same({ 4 }, second:log_prob(x).shape)
    end)

    it("refuses values and parameters that do not fit", function()
      fails("shape", case.class .. ":log_prob wants values [", function() d:log_prob(x[1]) end)
      fails("type", case.class .. ":log_prob wants a tensor of", function() d:log_prob(1.5) end)
      fails("invalid", case.class .. ":sample wants a number of draws from 1 up, got 0", function() d:sample(0) end)
      fails("type", case.class .. ":", function()
        dist[case.class](table.unpack({ 3, 4 }, 1, #case.parameters))
      end)
      fails("invalid", case.class .. ":kl wants a distribution, got table", function() d:kl({}) end)
      fails("unsupported", "there is no closed form of " .. case.class .. " from Mixture; { samples = 100 } estimates it",
        function() d:kl(dist.Mixture(ae.zeros(4), d)) end)
      fails("invalid", "of samples and z only one can be", function() d:kl(d, { samples = 3, z = x }) end)
    end)
  end)
end

describe("dist.Normal", function()
  local function normal(n, size) return dist.Normal(ae.randn(n, size), ae.randn(n, size)) end
  before_each(function() ae.seed(6) end)

  it("diverges from the standard one where no other is named", function()
    local q = normal(4, 3)
    values.assert_values(q:kl(), q:kl(dist.Normal.standard { 4, 3 }):totable(), { 4 }, tolerance)
    values.assert_values(q:kl(), q:kl(dist.Normal.standard { 1, 3 }):totable(), { 4 }, tolerance)
    values.assert_values(q:kl_elements():sum(2), q:kl():totable(), { 4 }, tolerance)
    local z = q:sample()
    values.assert_values(q:kl(nil, { z = z }), (q:log_prob(z) - dist.Normal.standard({ 4, 3 }):log_prob(z)):totable(), { 4 })
  end)

  it("does not clamp what it is given", function()
    local q = dist.Normal(ae.tensor { { 0 } }, ae.tensor { { -60 } })
    assert.near((math.exp(-60) - 1 + 60) / 2, q:kl():item(), 1e-4)
    local wide = dist.Normal(ae.tensor { { 0 } }, ae.tensor { { 80 } })
    assert.near(1, wide:kl():item() / ((math.exp(80) - 81) / 2), 1e-5)
  end)

  it("refuses parameters of two shapes, and arguments that nobody takes", function()
    fails("shape", "Normal: logvar wants mean's shape [2, 3], got [3]", function() dist.Normal(ae.ones(2, 3), ae.ones(3)) end)
    fails("shape", "Normal: mean wants [N, ...], got a single number", function() dist.Normal(ae.tensor(1), ae.tensor(1)) end)
    fails("invalid", "Normal takes mean and logvar, got a further number", function()
      dist.Normal(ae.ones(2), ae.ones(2), 3)
    end)
    fails("shape", "do not go together", function() normal(4, 3):kl(normal(2, 3)) end)
  end)
end)

describe("dist.Mixture", function()
  local case = fixtures.mixture
  local logits, means, logvars = ae.tensor(case.parameters[1]), ae.tensor(case.parameters[2]), ae.tensor(case.parameters[3])
  local function mixture() return dist.Mixture(logits, dist.Normal(means, logvars)) end
  before_each(function()
    ae.seed(7)
    for _, t in ipairs { logits, means, logvars } do
      t:require_grad(true)
      t:zero_grad()
    end
  end)

  it("has PyTorch's log_prob, with its gradients, and its moments", function()
    local m, x = mixture(), ae.tensor(case.value)
    local log_prob = m:log_prob(x)
    same(case.log_prob, log_prob)
    same({ case.log_prob, case.log_prob }, m:log_prob(ae.stack({ x, x }, 1)))
    local weighted = log_prob * ae.linspace(-1, 1, #log_prob)
    weighted:sum():backward()
    same(case.gradients[1], logits.grad)
    same(case.gradients[2], means.grad)
    same(case.gradients[3], logvars.grad)
    same({ case.mean }, m:mean())
    same({ case.variance }, m:variance())
  end)

  it("draws from its components", function()
    local z = mixture():sample(40000)
    assert.same({ 40000, 1, 3 }, z.shape)
    assert.same({ 1, 3 }, mixture():sample().shape)
    local apart = (z:mean(1):squeeze() - ae.tensor(case.mean)):abs():max():item()
    assert(apart < 0.05, apart)
    assert.is_false(mixture().reparameterised)
  end)

  it("has no closed entropy and divergence, but estimates", function()
    local m = mixture()
    fails("unsupported", "Mixture:entropy: there is no closed form; { samples = 100 } estimates it", function() m:entropy() end)
    assert.near(m:entropy({ samples = 20000 }):item(), m:entropy({ samples = 20000 }):item(), 0.1)
    local alone = dist.Mixture(ae.zeros(1), dist.Normal(ae.zeros(1, 3), ae.zeros(1, 3)))
    local q = dist.Normal(ae.ones(2, 3), ae.zeros(2, 3))
    assert.near(1.5, q:kl(alone, { samples = 20000 }):mean():item(), 0.05)
  end)

  it("refuses weights that are not one for each component", function()
    fails("shape", "Mixture: logits wants a number for each component, [5], got [4]", function()
      dist.Mixture(ae.zeros(4), dist.Normal(means, logvars))
    end)
    fails("invalid", "Mixture: components wants a distribution, got table", function() dist.Mixture(logits, {}) end)
    fails("unsupported", "there are no others to choose", function() mixture():at(ae.tensor({ 1 }, { dtype = "i32" })) end)
  end)
end)

describe("dist.Categorical", function()
  it("has classes from 1, no mean, and probabilities", function()
    local d = dist.Categorical(ae.tensor { { 0, math.log(3) } })
    values.assert_values(d:probabilities(), { 0.25, 0.75 }, { 1, 2 })
    local drawn = d:sample(4000)
    assert.equal("i32", drawn.dtype)
    assert.same({ 1, 2 }, { drawn:min():item(), drawn:max():item() })
    assert.near(0.75, drawn:eq(2):mean():item(), 0.035)
    fails("unsupported", "classes have no mean", function() d:mean() end)
    fails("invalid", "target wants classes 1 to 2, got 3", function() d:log_prob(ae.tensor({ 3 }, { dtype = "i32" })) end)
  end)
end)

describe("dist.ContinuousBernoulli", function()
  it("has the moments of the uniform distribution at 0, and is smooth where the series ends", function()
    local function moments(z)
      local d = dist.ContinuousBernoulli(ae.tensor { { z } })
      return d:mean():item(), d:variance():item()
    end
    local mean, variance = moments(0)
    assert.near(0.5, mean, 1e-7)
    assert.near(1 / 12, variance, 1e-7)
    for _, z in ipairs { 0.5, -0.5 } do
      local inside, outside = { moments(z * 0.9999) }, { moments(z * 1.0001) }
      assert.near(inside[1], outside[1], 2e-5)
      assert.near(inside[2], outside[2], 2e-5)
    end
  end)
end)
