local ae = require "aelua"
local core = require "aelua.core"
local loss = require "spec.support.loss"
local op = require "spec.support.op"

describe("cross_entropy_logits", function()
  op.values("cross_entropy_logits", {
    { { { 0, 0 }, { 0, math.log(3) } }, op.i32 { 1, 1 }, attrs = { reduction = "none" },
      gives = { math.log(2), math.log(4) } },
    { { { 0, 0 }, { 0, math.log(3) } }, { { 0.5, 0.5 }, { 0, 1 } }, attrs = { reduction = "none" },
      gives = { math.log(2), math.log(4 / 3) } },
    { { { 1e4, 0 }, { -1e4, 0 } }, op.i32 { 1, 1 }, attrs = { reduction = "none" }, gives = { 0, 1e4 },
      name = "logits past what exp holds" },
  })
  loss.all("cross_entropy_logits", { rows = true, classes = true })

  it("is cross_entropy of the softmax", function()
    ae.seed(4)
    local z, t = ae.randn(7, 9) * 3, ae.randn(7, 9):softmax(-1)
    assert.near(core.ops.cross_entropy(z:softmax(-1), t):item(), core.ops.cross_entropy_logits(z, t):item(), 1e-5)
  end)
end)
