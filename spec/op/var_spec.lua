local ae = require "aelua"
local op = require "spec.support.op"
local reduction = require "spec.support.reduction"
local values = require "spec.support.values"

local nan = 0 / 0

local cases = { { { 3, 4 }, attrs = { dims = 2, correction = 1 } }, { { 6 }, attrs = { correction = 2 } } }
for _, case in ipairs(reduction.cases) do cases[#cases + 1] = case end

describe("var", function()
  op.values("var", {
    { { 1, 2, 3, 4 }, gives = 1.25 },
    { { 1, 2, 3, 4 }, attrs = { correction = 1 }, gives = 5 / 3 },
    { { 5 }, gives = 0 },
    { { 5 }, attrs = { correction = 1 }, gives = nan, name = "one number, corrected" },
    { { 1, 2 }, attrs = { correction = 2 }, gives = math.huge, name = "no degree of freedom" },
    { values.shaped({}, { 0 }), gives = nan, name = "nothing" },
  })
  op.fixtures("var", "reductions")
  op.random("var", { grad_ulps = 64 }, cases)
  op.refuses("var", reduction.refusals("var"))
  op.refuses("var", { { op.u8 { 1, 2 }, code = "type", says = { "var: x wants f", "ae.scaled" } },
                      { { 1, 2 }, attrs = { correction = 0.5 }, code = "invalid", says = "correction" } })

  it("does not lose the spread around a large mean", function()
    local x = ae.tensor { 4097, 4098, 4099, 4100 } * 1024 -- exact in float
    assert.is_near(1.25 * 1024 * 1024, x:var():item(), 1)
  end)
end)

describe("std", function()
  op.values("std", {
    { { 1, 2, 3, 4 }, gives = math.sqrt(1.25) },
    { { { 1, 3 }, { 7, 7 } }, attrs = { dims = 2 }, gives = { 1, 0 } },
  })
  op.fixtures("std", "reductions")
  op.random("std", { grad_ulps = 64 }, cases)
  op.refuses("std", reduction.refusals("std"))

  it("has the gradient 0 where it is 0", function()
    local x = ae.tensor { { 2, 2, 2 } }
    x:require_grad(true)
    x:std(2):sum():backward()
    assert.are.same({ 0, 0, 0 }, values.flat(x.grad))
  end)
end)
