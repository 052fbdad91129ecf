local ae = require "aelua"
local support = require "spec.support.nn"
local nn = ae.nn

local raises = support.raises

-- Mean, variance, least and largest of a tensor.
local function moments(t)
  return t:mean():item(), t:square():mean():item() - t:mean():item() ^ 2, t:min():item(), t:max():item()
end

describe("initialisers", function()
  before_each(function() ae.seed(21) end)

  local shape, fan_in, fan_out = { 300, 200 }, 300, 200
  local uniform = {
    glorot_uniform = math.sqrt(6 / (fan_in + fan_out)), he_uniform = math.sqrt(6 / fan_in),
    lecun_uniform = math.sqrt(3 / fan_in),
  }
  for name, limit in pairs(uniform) do
    it("by their limit: " .. name, function()
      local mean, variance, least, largest = moments(nn.init[name]()(shape))
      assert.near(0, mean, 0.01 * limit)
      assert.near(limit ^ 2 / 3, variance, 0.02 * limit ^ 2)
      assert.is_true(least >= -limit and least < -0.99 * limit)
      assert.is_true(largest <= limit and largest > 0.99 * limit)
    end)
  end

  local normal = {
    glorot_normal = 2 / (fan_in + fan_out), he_normal = 2 / fan_in, lecun_normal = 1 / fan_in,
  }
  for name, variance in pairs(normal) do
    it("by their variance: " .. name, function()
      local mean, got, _, largest = moments(nn.init[name]()(shape))
      assert.near(0, mean, 0.02 * math.sqrt(variance))
      assert.near(variance, got, 0.03 * variance)
      assert.is_true(largest > 3 * math.sqrt(variance))
    end)
  end

  it("take the fans of a convolution from its shape", function()
    local limit = math.sqrt(6 / (3 * 3 * 8 + 3 * 3 * 32))
    local _, _, _, largest = moments(nn.init.glorot_uniform()({ 3, 3, 8, 32 }))
    assert.is_true(largest <= limit and largest > 0.97 * limit)
  end)

  it("take fans that are given", function()
    local _, _, _, largest = moments(nn.init.he_uniform()({ 100, 100 }, 6, 1))
    assert.is_true(largest <= 1 and largest > 0.99)
  end)

  it("with numbers of one's own", function()
    local mean, variance = moments(nn.init.normal(2, 0.5)(shape))
    assert.near(2, mean, 0.01)
    assert.near(0.25, variance, 0.01)
    local _, _, least, largest = moments(nn.init.uniform(-1, 3)(shape))
    assert.is_true(least >= -1 and least < -0.99 and largest <= 3 and largest > 2.99)
    assert.same({ 4, 4 }, nn.init.constant(4)({ 2 }):totable())
    assert.same({ 0, 0 }, nn.init.zeros()({ 2 }):totable())
    assert.same({ 1, 1 }, nn.init.ones()({ 2 }):totable())
    assert.same({ 2.5 }, nn.init.constant { value = 2.5 }({ 1 }):totable())
  end)

  it("give the same for the same seed", function()
    ae.seed(5)
    local a = nn.init.he_normal()({ 4, 4 }):totable()
    ae.seed(5)
    assert.same(a, nn.init.get("x", "he_normal")({ 4, 4 }):totable())
  end)

  it("are found by name, as tables, as functions", function()
    assert.equal("he_normal", nn.init.get("x", "he_normal").name)
    assert.same({ mean = 0, std = 0.01 }, nn.init.get("x", { "normal", std = 0.01 }).values)
    assert.same({ name = "uniform", low = -1, high = 1 }, nn.init.uniform(-1, 1):config())
    local own = function(shape_) return ae.zeros(shape_) end
    assert.equal(own, nn.init.get("x", own))
  end)

  it("refuse what they do not know", function()
    raises("nn.init has no 'he_nromal'; did you mean 'he_normal'", function() return nn.init.he_nromal end)
    raises("nn.init.normal has no option 'sdt'; did you mean 'std'", nn.init.normal, { sdt = 1 })
    raises("nn.init.zeros has no option '1'", nn.init.zeros, 3)
    raises("std wants at least 0, got %-1", nn.init.normal, 0, -1)
    raises("wants low <= high, got 2 and 1", nn.init.uniform, 2, 1)
    raises("mean wants a finite number, got x", nn.init.normal, "x")
    raises("wants a shape, got nil", nn.init.zeros())
    raises("x: no initialiser 'orthagonal'; did you mean 'orthogonal'", nn.init.get, "x", "orthagonal")
  end)
end)
