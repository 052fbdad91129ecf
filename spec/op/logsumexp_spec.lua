local ae = require "aelua"
local op = require "spec.support.op"
local reduction = require "spec.support.reduction"
local values = require "spec.support.values"

local inf = math.huge

describe("logsumexp", function()
  op.values("logsumexp", {
    { { 0, 0 }, gives = math.log(2) },
    { { 1000, 1000 }, gives = 1000 + math.log(2) },
    { { -1000, -1001 }, gives = -1000 + math.log(1 + math.exp(-1)) },
    { { { -inf, -inf }, { inf, 0 } }, attrs = { dims = 2 }, gives = { -inf, inf } },
    { values.shaped({}, { 0 }), gives = -inf, name = "nothing" },
  })
  op.fixtures("logsumexp", "reductions")
  op.random("logsumexp", {}, reduction.cases)
  op.refuses("logsumexp", reduction.refusals("logsumexp"))
  op.refuses("logsumexp", { { op.u8 { 1, 2 }, code = "type", says = "logsumexp: x wants f" } })

  it("has the gradient 0 where all is -inf", function()
    local x = ae.tensor { -inf, -inf }
    x:require_grad(true)
    x:logsumexp():backward()
    assert.are.same({ 0, 0 }, values.flat(x.grad))
  end)
end)
