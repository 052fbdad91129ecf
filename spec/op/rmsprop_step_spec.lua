local op = require "spec.support.op"
local core = require "aelua.core"
local values = require "spec.support.values"

-- The formula on numbers.
local function rmsprop(w, g, v, mean, u, a)
  local rho, eps = a.rho or 0.99, a.eps or 1e-8
  v = rho * v + (1 - rho) * g * g
  if mean then mean = rho * mean + (1 - rho) * g end
  local q = g / (math.sqrt(math.max(v - (mean or 0) ^ 2, 0)) + eps)
  if u then
    u = (a.momentum or 0) * u + q
    q = u
  end
  return w - a.lr * q, v, mean, u
end

local function case(w, g, v, mean, u, attrs)
  return { { w }, { g }, { v }, mean and { mean } or op.absent, u and { u } or op.absent, attrs = attrs,
    gives = { (rmsprop(w, g, v, mean, u, attrs)) } }
end

describe("rmsprop_step", function()
  op.values("rmsprop_step", {
    case(1, 2, 0.25, nil, nil, { lr = 0.1 }),
    case(1, 2, 0.25, 0.1, nil, { lr = 0.1, rho = 0.5 }),
    case(1, 2, 0.25, nil, 3, { lr = 0.1, momentum = 0.5 }),
    case(1, 2, 0.25, 0.1, 3, { lr = 0.1, momentum = 0.5, eps = 0.1 }),
    { { 1 }, { 2 }, { 4 }, { 2 }, attrs = { lr = 0.1, eps = 0.5 }, gives = { 0.6 }, name = "a gradient without variance" },
    { { 1 }, { -8 }, { 0 }, attrs = { lr = 0.1, rho = 0, clip = 4, scale = 0.5, penalty = 1, eps = 1 },
      gives = { 1.05 }, name = "clipped, scaled, with a penalty" },
  })
  op.random("rmsprop_step", { low = 0.5, high = 1, gradient = false }, {
    { { 100 }, { 100 }, { 100 }, attrs = { lr = 0.01 } },
    { { 7, 9 }, { 7, 9 }, { 7, 9 }, op.absent, { 7, 9 }, attrs = { lr = 0.01, momentum = 0.9 } },
    { { 50 }, { 50 }, { 50, low = 2, high = 3 }, { 50 }, { 50 }, attrs = { lr = 0.01, momentum = 0.9 } },
  })
  op.refuses("rmsprop_step", {
    { { 1 }, { 1 }, { 1, 2 }, attrs = { lr = 1 }, code = "shape", says = "rmsprop_step: v wants w's shape [1], got [2]" },
  })
  it("changes everything but g", function()
    local function one(x) return values.shaped({ x }, { 1 }) end
    local w, g, v, mean, u = one(1), one(2), one(0.25), one(0.1), one(3)
    core.ops.rmsprop_step(w, g, v, mean, u, 0.1, 0.5, 1e-8, 0.5)
    local want = table.pack(rmsprop(1, 2, 0.25, 0.1, 3, { lr = 0.1, rho = 0.5, momentum = 0.5 }))
    for i, t in ipairs { w, v, mean, u } do assert.near(want[i], t[1]:item(), 1e-6) end
    assert.equal(2, g[1]:item())
  end)
  it("keeps no means that are smaller than the smallest normal number", function()
    local least = values.least
    local function pair() return values.shaped({ least, 4 * least }, { 2 }) end
    local v, mean, u = pair(), pair(), pair()
    core.ops.rmsprop_step(core.ops.ones { 2 }, core.ops.zeros { 2 }, v, mean, u, 0.1, 0.5, 1e-8, 0.5)
    for i, t in ipairs { v, mean, u } do
      t = t:totable()
      if i == 1 then
        assert.is_true(t[1] > 0.9 * least / 1.2 and t[1] < least)
      else
        assert.equal(0, t[1])
      end
      assert.near(1, t[2] / (2 * least), 1e-6)
    end
  end)
end)
