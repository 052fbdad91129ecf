local ae = require "aelua"
local core = require "aelua.core"
local loss = require "spec.support.loss"
local op = require "spec.support.op"

describe("bce", function()
  local ln2, epsilon = math.log(2), 1e-7
  op.values("bce", {
    { { 0.5, 0.25 }, { 1, 0 }, attrs = { reduction = "none" }, gives = { ln2, math.log(4 / 3) } },
    { { 0.5, 0.5 }, { 1, 0.3 }, gives = ln2 },
    { { 0, 1 }, { 0, 1 }, attrs = { reduction = "none", epsilon = 1e-3 },
      gives = { -math.log(0.999), -math.log(0.999) }, rtol = 1e-4, name = "kept from the ends" },
    { { 0 }, { 1 }, gives = -math.log(epsilon), name = "0 where 1 was wanted" },
  })
  loss.all("bce", { low = 0.05, high = 0.95 })
  op.refuses("bce", {
    { { 1 }, { 1 }, attrs = { epsilon = 0 }, code = "invalid", says = "bce: epsilon must be at least 1e-7" },
    { { 1 }, { 1 }, attrs = { epsilon = 0.5 }, code = "invalid", says = "less than 0.5" },
  })

  it("has a finite loss and slope at 0 and 1", function()
    local p = ae.tensor { 0, 1, 0, 1 }:require_grad(true)
    local value = core.ops.bce(p, ae.tensor { 0, 1, 1, 0 })
    value:backward()
    assert.is_true(value:isfinite():item() == 1 and p.grad:isfinite():min():item() == 1)
    assert.is_true(p.grad[3]:item() < 0 and p.grad[4]:item() > 0)
  end)
end)
