local op = require "spec.support.op"
local core = require "aelua.core"
local values = require "spec.support.values"

-- The formula on numbers.
local function adam(w, g, m, v, top, a)
  local function pick(name, default) return a[name] == nil and default or a[name] end
  local beta1, beta2 = pick("beta1", 0.9), pick("beta2", 0.999)
  local d = math.max(-pick("clip", math.huge), math.min(pick("clip", math.huge), g)) * pick("scale", 1)
  d = d + pick("penalty", 0) * w
  m, v = beta1 * m + (1 - beta1) * d, beta2 * v + (1 - beta2) * d * d
  local s = top and math.max(top, v) or v
  local step = (pick("of_d", 0) * d + a.of_m * m) / (math.sqrt(s) * pick("correction", 1) + pick("eps", 1e-8))
  return pick("decay", 1) * w - step, m, v, top and s
end

local function case(w, g, m, v, top, attrs)
  return { { w }, { g }, { m }, { v }, top and { top } or op.absent, attrs = attrs,
    gives = { (adam(w, g, m, v, top, attrs)) } }
end

describe("adam_step", function()
  op.values("adam_step", {
    case(1, 2, 0.5, 0.25, nil, { of_m = 0.1 }),
    case(1, 2, 0.5, 0.25, 9, { of_m = 0.1, beta1 = 0.5, beta2 = 0.75 }),
    case(1, 2, 0.5, 0.25, 0.01, { of_m = 0.1, beta2 = 0.5, correction = 2 }),
    case(3, -8, 0, 0, nil, { of_m = 0.1, of_d = 0.2, decay = 0.9, clip = 4, scale = 0.5, penalty = 0.1, eps = 1e-3 }),
    { { 1 }, { 0 }, { 0 }, { 0 }, attrs = { of_m = 1 }, gives = { 1 }, name = "a gradient that was always 0" },
  })
  op.random("adam_step", { low = 0, high = 1, gradient = false }, {
    { { 100 }, { 100 }, { 100 }, { 100 }, attrs = { of_m = 0.01, correction = 3 } },
    { { 7, 9 }, { 7, 9 }, { 7, 9 }, { 7, 9 }, { 7, 9 }, attrs = { of_m = 0.01, of_d = 0.02, decay = 0.99 } },
  })
  op.refuses("adam_step", {
    { { 1 }, { 1 }, { 1, 2 }, { 1 }, attrs = { of_m = 1 }, code = "shape", says = "adam_step: m wants w's shape [1], got [2]" },
    { { 1 }, { 1 }, { 1 }, op.u8 { 1 }, attrs = { of_m = 1 }, code = "type", says = "adam_step: v wants" },
  })
  it("changes everything but g", function()
    local function one(x) return values.shaped({ x }, { 1 }) end
    local w, g, m, v, top = one(1), one(2), one(0.5), one(0.25), one(0.1)
    core.ops.adam_step(w, g, m, v, top, 0.1, 0.5, 0.5)
    local want = table.pack(adam(1, 2, 0.5, 0.25, 0.1, { of_m = 0.1, beta1 = 0.5, beta2 = 0.5 }))
    for i, t in ipairs { w, m, v, top } do assert.near(want[i], t[1]:item(), 1e-6) end
    assert.equal(2, g[1]:item())
  end)
  it("keeps no means that are smaller than the smallest normal number", function()
    local least = values.least
    local m, v = values.shaped({ least, least, -least, 0 / 0 }, { 4 }), values.shaped({ least, 4 * least, 0, least }, { 4 })
    core.ops.adam_step(core.ops.ones { 4 }, core.ops.zeros { 4 }, m, v, nil, 0.1, 0.5, 0.5)
    m, v = m:totable(), v:totable()
    assert.same({ 0, 0, 0 }, { m[1], m[2], m[3] })
    assert.is_true(m[4] ~= m[4])
    assert.is_true(v[1] > 0.9 * least / 1.2 and v[1] < least)
    assert.same({ 0, v[1] }, { v[3], v[4] })
    assert.near(1, v[2] / (2 * least), 1e-6)
  end)
  it("divides by no 0 where the gradient is small and eps is 0", function()
    local small = values.is_double and 1e-160 or 1e-20
    local w, m, v = core.ops.ones { 1 }, core.ops.zeros { 1 }, core.ops.zeros { 1 }
    for step = 1, 3 do
      local of_m, correction = 1e-3 / (1 - 0.9 ^ step), (1 - 0.999 ^ step) ^ -0.5
      core.ops.adam_step(w, core.ops.full({ 1 }, small), m, v, nil, of_m, 0.9, 0.999, 0, correction)
      assert.is_true(w:item() <= 1 and w:item() > 0.9)
    end
  end)
end)
