-- dist.OneHot held against PyTorch (scripts/fixtures/one_hot.py); samples, exact, relaxed and hard; bad input.
local ae = require "aelua"
local core = require "aelua.core"
local support = require "spec.support.nn"

local OneHot = ae.dist.OneHot
local near, raises = support.near, support.raises

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return core.json.decode(file:read("a"))
end
local fixtures = read "spec/fixtures/one_hot.json"

describe("dist.OneHot", function()
  before_each(function() ae.seed(8) end)

  it("has PyTorch's densities, moments and divergences, with gradients", function()
    local case = fixtures.exact
    local logits = ae.tensor(case.logits):require_grad(true)
    local q = OneHot(logits)
    local log_prob = q:log_prob(ae.tensor(case.value))
    near(case.log_prob, log_prob)
    near(case.entropy, q:entropy())
    near(case.mean, q:mean())
    near(case.variance, q:variance())
    near(case.kl, q:kl(OneHot(ae.tensor(case.other))))
    near(case.kl_uniform, q:kl())
    local weighted = log_prob * ae.linspace(-1, 1, #logits)
    weighted:sum():backward()
    near(case.gradient, logits.grad)
    logits:zero_grad()
    q:kl():sum():backward()
    near(case.kl_gradient, logits.grad)
  end)

  it("has PyTorch's density of relaxed vectors, with gradients", function()
    for _, case in ipairs(fixtures.relaxed) do
      local logits = ae.tensor(case.logits):require_grad(true)
      local log_prob = OneHot(logits, { temperature = case.temperature }):log_prob(ae.tensor(case.value))
      near(case.log_prob, log_prob)
      local weighted = log_prob * ae.linspace(-1, 1, #logits)
      weighted:sum():backward()
      near(case.gradient, logits.grad)
    end
  end)

  it("draws vectors of zeros and a one as often as their probabilities say", function()
    local q = OneHot(ae.tensor { { { 0, 1, 2 } }, { { 3, 0, 0 } } })
    assert.same({ 2, 1, 3 }, q:sample().shape)
    local z = q:sample(20000)
    assert.same({ 20000, 2, 1, 3 }, z.shape)
    assert.equal(40000, z:eq(1):sum():item())
    assert.equal(80000, z:eq(0):sum():item())
    local wanted, got = q:mean():totable(), z:mean(1):totable()
    for n = 1, 2 do
      for c = 1, 3 do assert.near(wanted[n][1][c], got[n][1][c], 0.015) end
    end
    near({ { { 0, 0, 1 } }, { { 1, 0, 0 } } }, q:mode())
    near(q:log_prob(z):mean(1):totable(), -q:entropy({ z = z }))
    near({ { { 0, 0, 1 } } }, q:at(ae.tensor({ 1 }, { dtype = "i32" })):mode())
  end)

  it("has a density, with gradients, of its own samples however cold they are", function()
    local logits = ae.randn(50, 3, 10):require_grad()
    local q = OneHot(logits, { temperature = 0.01 })
    local z = q:sample()
    assert.equal(0, z:min():item()) -- rounded, whatever real is
    local divergence = q:kl(nil, { z = z })
    assert.equal(1, divergence:isfinite():all():item())
    divergence:sum():backward()
    assert.equal(1, logits.grad:isfinite():all():item())
  end)

  it("draws relaxed vectors, the closer to zeros and a one the colder, with the same one most often", function()
    local logits = ae.tensor { { { 0, 1, 2 } } }
    local function largest(temperature)
      local z = OneHot(logits, { temperature = temperature }):sample(5000)
      near(ae.ones(5000, 1, 1):totable(), z:sum(-1))
      return z:max(-1):mean():item(), ae.one_hot(z:argmax(-1), 3, { dtype = ae.real }):mean(1):reshape { 3 }:totable()
    end
    local cold, cold_shares = largest(0.1)
    local hot, hot_shares = largest(5)
    assert.is_true(cold > 0.9 and hot < 0.6, ("%g, %g"):format(cold, hot))
    local p = logits:softmax():reshape({ 3 }):totable()
    for c = 1, 3 do
      assert.near(p[c], cold_shares[c], 0.03)
      assert.near(p[c], hot_shares[c], 0.03)
    end
  end)

  it("gives zeros and ones where it is hard, with the relaxed vectors' gradient", function()
    local logits = ae.randn(6, 2, 4)
    local weights = ae.randn(6, 2, 4)
    local function gradient(hard)
      ae.seed(3)
      local leaf = logits:clone():require_grad(true)
      local z = OneHot(leaf, { temperature = 0.7, hard = hard }):sample();
      (z * weights):sum():backward()
      return z, leaf.grad
    end
    local soft, wanted = gradient(false)
    local hard, got = gradient(true)
    near(ae.one_hot(soft:detach():argmax(-1), 4, { dtype = ae.real }):totable(), hard)
    near(wanted:totable(), got)
  end)

  it("has the gradient of its relaxed samples", function()
    local function sum(logits)
      ae.seed(4)
      return (OneHot(logits, { temperature = 0.8 }):sample() * ae.arange(0, 4)):sum()
    end
    assert.is_true((ae.gradcheck(sum, ae.randn { 3, 2, 4 })))
  end)

  it("stays finite whatever noise is drawn", function()
    local plain = core.ops.rand
    finally(function() core.ops.rand = plain end)
    for _, u in ipairs { 0, 1 - 2 ^ -24 } do
      core.ops.rand = function(shape) return ae.full(shape, u) end
      local z = OneHot(ae.zeros(1, 2, 3), { temperature = 0.01 }):sample()
      assert.equal(6, z:isfinite():sum():item())
    end
  end)

  it("refuses what it cannot be", function()
    raises("OneHot: logits wants %[N, ..., C%], got %[3%]", OneHot, ae.zeros(3))
    raises("OneHot: temperature wants more than 0, got 0", OneHot, ae.zeros(2, 3), { temperature = 0 })
    raises("OneHot: hard wants a temperature", OneHot, ae.zeros(2, 3), { hard = true })
    raises("OneHot:kl wants 3 classes, got 4", function() OneHot(ae.zeros(2, 3)):kl(OneHot(ae.zeros(2, 4))) end)
    raises("OneHot:log_prob wants values %[2, 3%]", function() OneHot(ae.zeros(2, 3)):log_prob(ae.zeros(2, 4)) end)
  end)
end)
