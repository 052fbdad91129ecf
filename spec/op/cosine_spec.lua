local ae = require "aelua"
local core = require "aelua.core"
local loss = require "spec.support.loss"
local op = require "spec.support.op"

describe("cosine", function()
  op.values("cosine", {
    { { { 1, 0 }, { 1, 0 }, { 2, 0 }, { 1, 1 } }, { { 2, 0 }, { 0, 3 }, { -1, 0 }, { 1, 0 } },
      attrs = { reduction = "none" }, gives = { 0, 1, 2, 1 - math.sqrt(0.5) }, atol = 1e-7 },
    { { 3, 4 }, { 3, 4 }, gives = 0, atol = 1e-7, name = "one dimension" },
    { { { 0, 0 } }, { { 1, 0 } }, gives = 1, name = "no direction" },
  })
  -- rows of one number have no slope, and nothing to compare
  loss.all("cosine", { rows = true, spread = true, shapes = { { 3, 4 }, { 4, 2, 5 }, { 1, 2 }, { 6 }, { 0, 3 }, { 5, 33 } } })
  op.refuses("cosine", { { ae.ones(3, 0), ae.ones(3, 0), code = "shape", says = "rows of at least 1 number" } })

  it("has a finite slope at 0", function()
    local p = ae.zeros(1, 2):require_grad(true)
    core.ops.cosine(p, ae.tensor { { 1, 0 } }):backward()
    assert.is_true(p.grad:isfinite():min():item() == 1)
  end)
end)
