local ae = require "aelua"
local core = require "aelua.core"
local loss = require "spec.support.loss"
local op = require "spec.support.op"
local values = require "spec.support.values"

describe("bce_logits", function()
  local ln2 = math.log(2)
  op.values("bce_logits", {
    { { 0, 0 }, { 1, 0.3 }, gives = ln2 },
    { { 200, -200, 200, -200 }, { 1, 0, 0, 1 }, attrs = { reduction = "none" }, gives = { 0, 0, 200, 200 },
      name = "logits past what exp holds" },
    { { math.huge, -math.huge }, { 0.5, 0.5 }, gives = math.huge },
  })
  loss.all("bce_logits", {})

  it("is bce of the sigmoid", function()
    ae.seed(4)
    local z, t = ae.randn(7, 9) * 3, ae.rand(7, 9)
    local direct = core.ops.bce(z:sigmoid(), t):item()
    assert.near(direct, core.ops.bce_logits(z, t):item(), 1e-5)
  end)

  it("has the slope of the sigmoid, at any size", function()
    local z = ae.tensor { 1000, -1000, 0 }:require_grad(true)
    core.ops.bce_logits(z, ae.tensor { 0, 0, 0 }, nil, nil, { reduction = "sum" }):backward()
    values.assert_values(z.grad, { 1, 0, 0.5 }, { 3 })
  end)
end)
