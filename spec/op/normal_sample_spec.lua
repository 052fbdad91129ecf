local ae = require "aelua"
local core = require "aelua.core"
local op = require "spec.support.op"
local values = require "spec.support.values"

local sample = core.ops.normal_sample

describe("normal_sample", function()
  op.covers("normal_sample", "values", "random: moments and the stream are checked below")
  op.covers("normal_sample", "compared", "draws numbers of the type")
  op.covers("normal_sample", "gradient")

  it("has the moments that its parameters say", function()
    ae.seed(7)
    local m, v = ae.full({ 200, 500 }, 3), ae.full({ 200, 500 }, math.log(0.25))
    local z = sample(m, v)
    assert.near(3, z:mean():item(), 0.01)
    assert.near(0.5, z:std():item(), 0.01)
    local many = sample(ae.tensor { 1, -2 }, ae.tensor { 0, 2 * math.log(3) }, { samples = 50000 })
    assert.same({ 50000, 2 }, many.shape)
    local mean, std = many:mean(1):totable(), many:std(1):totable()
    assert.near(1, mean[1], 0.03)
    assert.near(-2, mean[2], 0.08)
    assert.near(1, std[1], 0.03)
    assert.near(3, std[2], 0.08)
  end)

  it("is mean + exp(logvar / 2) times the stream's normal numbers", function()
    local m, v = ae.randn(3, 5), ae.randn(3, 5)
    ae.seed(3)
    local z = sample(m, v)
    ae.seed(3)
    local wanted = m + (v / 2):exp() * ae.randn { 3, 5 }
    values.assert_values(z, values.flat(wanted), { 3, 5 }, { rtol = 1e-5, atol = 1e-6 })
  end)

  it("has the gradients of its formula, over all draws", function()
    for _, samples in ipairs { 0, 1, 4 } do
      for _, shape in ipairs { { 3, 4 }, { 1 }, {}, { 0, 2 }, { 67 } } do
        local m, v = ae.randn(shape):require_grad(true), ae.randn(shape):require_grad(true)
        assert(ae.gradcheck(function(a, b) return sample(a, b, { samples = samples }) end, m, v))
      end
    end
  end)

  it("keeps the gradient of a small spread about a large mean", function()
    local m, v = ae.full({ 4 }, 1e6), ae.full({ 4 }, -20):require_grad(true)
    ae.seed(2)
    sample(m, v):sum():backward()
    ae.seed(2)
    values.assert_values(v.grad, values.flat(ae.randn { 4 } * (math.exp(-10) / 2)), { 4 }, { rtol = 1e-5 })
  end)

  it("does not depend on the number of threads", function()
    local threads = core.threads()
    local m, v = ae.zeros(300, 400), ae.zeros(300, 400)
    ae.seed(9)
    local one = sample(m, v)
    core.threads(threads == 1 and 2 or 1)
    ae.seed(9)
    local other = sample(m, v)
    core.threads(threads)
    assert.are.equal(0, (one - other):abs():max():item())
  end)

  op.refuses("normal_sample", {
    { { 1, 2 }, { 1 }, code = "shape", says = "normal_sample: logvar wants mean's shape, [2], got [1]" },
    { { 1 }, { 1 }, attrs = { samples = -1 }, code = "invalid", says = "samples wants 0 or more, got -1" },
    { op.u8 { 1 }, { 1 }, code = "type", says = "normal_sample: mean wants f" },
  })
end)
