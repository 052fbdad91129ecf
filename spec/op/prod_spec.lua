local op = require "spec.support.op"
local reduction = require "spec.support.reduction"
local values = require "spec.support.values"

describe("prod", function()
  op.values("prod", {
    { { { 1, 2 }, { 3, 4 } }, gives = 24 },
    { { { 1, 2 }, { 3, 0 } }, attrs = { dims = 2, keepdim = true }, gives = { { 2 }, { 0 } } },
    { values.shaped({}, { 2, 0 }), attrs = { dims = 2 }, gives = { 1, 1 }, name = "nothing" },
  })
  op.fixtures("prod", "reductions")
  op.random("prod", { low = 0.5, high = 1.5 }, reduction.cases)
  op.refuses("prod", reduction.refusals("prod"))
  op.refuses("prod", { { op.u8 { 1, 2 }, code = "type", says = "prod: x wants f" } })
end)
