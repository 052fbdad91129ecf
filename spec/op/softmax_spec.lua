local ae = require "aelua"
local op = require "spec.support.op"
local values = require "spec.support.values"

local inf, nan = math.huge, 0 / 0

local cases = {
  { { 3, 4 } }, { { 1 } }, { { 3, 4 }, attrs = { dim = 1 } }, { { 2, 3, 4 }, attrs = { dim = 2 } }, { { 0, 2 } },
  { { 40, 3 } }, { { 2, 0 } }, { { 2, 35 } }, { { 3, 5, 1 }, attrs = { dim = -2 } }, { { 300, 10 }, large = true },
  { { 40, 300 }, attrs = { dim = 1 }, large = true }, { { 3, 1501 }, large = true },
}

local refusals = {
  { { 1, 2 }, attrs = { dim = 2 }, code = "shape", says = "got 2" },
  { 1, code = "type", says = "wants a tensor" },
  { op.u8 { 1, 2 }, code = "type", says = "x wants f" },
  { values.shaped({ 1 }, {}), code = "shape", says = "no dimensions" },
}

describe("softmax", function()
  op.values("softmax", {
    { { 0, math.log(3) }, gives = { 0.25, 0.75 } },
    { { { 0, 0 }, { math.log(3), 0 } }, attrs = { dim = 1 }, gives = { { 0.25, 0.5 }, { 0.75, 0.5 } } },
    { { 1000, 1000, -inf }, gives = { 0.5, 0.5, 0 }, name = "large logits" },
    { { -inf, -inf }, gives = { nan, nan }, name = "-inf alone" },
    { { 1, nan }, gives = { nan, nan } },
  })
  op.fixtures("softmax", "reductions")
  op.random("softmax", { ulps = 8 }, cases)
  op.refuses("softmax", refusals)

  it("sums to 1 over long rows", function()
    local sums = ae.randn({ 3, 100000 }):softmax():sum(2)
    for _, sum in ipairs(values.flat(sums)) do assert.is_near(1, sum, 1e-6) end
  end)
end)

describe("log_softmax", function()
  op.values("log_softmax", {
    { { 0, math.log(3) }, gives = { math.log(0.25), math.log(0.75) } },
    { { 1000, 0 }, gives = { 0, -1000 }, name = "where softmax is 0" },
    { { { 1, 2 }, { 1, 2 } }, attrs = { dim = 1 },
      gives = { { -math.log(2), -math.log(2) }, { -math.log(2), -math.log(2) } } },
  })
  op.fixtures("log_softmax", "reductions")
  op.random("log_softmax", { ulps = 8 }, cases)
  op.refuses("log_softmax", refusals)
end)
