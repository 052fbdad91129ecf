local ae = require "aelua"
local core = require "aelua.core"
local op = require "spec.support.op"

describe("normal_kl", function()
  op.values("normal_kl", {
    { { { 0, 0 } }, { { 0, 0 } }, gives = { 0 }, name = "the prior itself" },
    { { { 1 }, { 0 } }, { { 0 }, { math.log(4) } }, gives = { 0.5, 1.5 - math.log(2) } },
    { { { 3, 1 } }, { { 1, 2 } }, { { 3, 1 } }, { { 1, 2 } }, gives = { 0 } },
    { { { 0, 2 } }, { { 0, 0 } }, attrs = { elements = true }, gives = { { 0, 2 } } },
    { { { 0 } }, { { 1e-3 } }, gives = { 0.5 * (1e-6 / 2 + 1e-9 / 6) }, rtol = 2e-4, name = "close to the prior" },
  })
  op.fixtures("normal_kl", "dist", { rtol = op.is_double and 1e-9 or 2e-5, atol = op.is_double and 1e-10 or 2e-6 })
  local cases = {
    { { 40, 1500 }, { 40, 1500 }, large = true },
    { { 700, 20 }, { 700, 20 }, { 700, 20 }, { 700, 20 }, large = true },
  }
  for _, shape in ipairs { { 3, 4 }, { 1 }, { 5, 33 }, { 2, 3, 5 }, { 0, 2 }, { 2, 0 } } do
    for _, elements in ipairs { false, true } do
      cases[#cases + 1] = { shape, shape, attrs = { elements = elements } }
      cases[#cases + 1] = { shape, shape, shape, shape, attrs = { elements = elements } }
    end
  end
  op.random("normal_kl", { ulps = 64 }, cases)

  local m = { { 1, 2 }, { 3, 4 } }
  op.refuses("normal_kl", {
    { m, { { 1, 2 } }, code = "shape", says = { "normal_kl: logvar wants mean's shape, [2, 2], got [1, 2]" } },
    { m, m, m, code = "invalid", says = "prior_mean and prior_logvar go together" },
    { m, m, m, { { 1 } }, code = "shape", says = "prior_logvar wants mean's shape" },
    { 1, 1, code = "type", says = "normal_kl" },
  })

  it("gives the gradients that are wanted alone", function()
    local x = ae.randn(3, 4)
    local v = ae.randn(3, 4):require_grad(true)
    core.ops.normal_kl(x, v):sum():backward()
    assert.is_nil(x.grad)
    assert.near(0, (v.grad - (v:detach():exp() - 1) / 2):abs():max():item(), 1e-6)
  end)
end)
