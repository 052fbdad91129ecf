local ae = require "aelua"
local core = require "aelua.core"
local loss = require "spec.support.loss"
local op = require "spec.support.op"
local values = require "spec.support.values"

describe("mae", function()
  local p, t = { { 1, 2 }, { 3, 4 } }, { { 1, 4 }, { 0, 4 } }
  op.values("mae", {
    { p, t, gives = 5 / 4 },
    { p, t, attrs = { reduction = "none" }, gives = { { 0, 2 }, { 3, 0 } } },
    { p, t, { 2, 1 }, attrs = { reduction = "sum" }, gives = 7 },
  })
  loss.all("mae", { spread = true })

  it("has no slope where both are equal", function()
    local x = ae.tensor { 1, 2, 3 }:require_grad(true)
    core.ops.mae(x, ae.tensor { 1, 1, 4 }, nil, nil, { reduction = "sum" }):backward()
    values.assert_values(x.grad, { 0, 1, -1 }, { 3 })
  end)
end)
