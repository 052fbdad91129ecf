local ae = require "aelua"
local op = require "spec.support.op"
local values = require "spec.support.values"

local nan = 0 / 0

describe("quantile", function()
  op.values("quantile", {
    { { 4, 1, 3, 2 }, 0.5, gives = 2.5 },
    { { 4, 1, 3, 2 }, { 0, 1, 0.25 }, gives = { 1, 4, 1.75 } },
    { { { 1, 2 }, { 3, 6 } }, { 0.5 }, attrs = { dims = 1, keepdim = true }, gives = { { { 2, 4 } } } },
    { { { 1, nan }, { 3, 6 } }, 0.5, attrs = { dims = 2 }, gives = { nan, 4.5 }, name = "a nan" },
    { { -math.huge, 0, math.huge }, { 0, 0.5, 1 }, gives = { -math.huge, 0, math.huge }, name = "infinities" },
    { { 7 }, 0.3, gives = 7 },
    { values.shaped({}, { 0, 3 }), 0.5, attrs = { dims = 2 }, gives = {}, name = "no rows" },
  })
  op.fixtures("quantile", "reductions")
  local q = { 3, low = 0.05, high = 0.3 }
  op.random("quantile", { spread = true, low = -20, high = 20 }, {
    { { 4, 3 }, 0.375, attrs = { dims = 1 } }, { { 1 }, 0.5 }, { {}, 0.5 }, { { 2, 3, 5 }, q,
      attrs = { dims = { 1, 3 } } },
    { { 2, 3, 4 }, { low = 0.7, high = 0.75 }, attrs = { dims = { 2 }, keepdim = true } }, { { 2, 60 }, 0.21,
      attrs = { dims = 2 } },
    { { 3, 1501 }, q, attrs = { dims = 2 }, large = true },
  })
  op.refuses("quantile", {
    { { 1, 2 }, 1.5, code = "invalid", says = "quantile: q wants 0 to 1, got 1.5" },
    { { 1, 2 }, { 0.5, nan }, code = "invalid", says = "quantile: q wants 0 to 1" },
    { { 1, 2 }, { { 0.5 } }, code = "shape", says = { "quantile: q wants a number or one dimension", "[1, 1]" } },
    { values.shaped({}, { 0 }), 0.5, code = "shape", says = "at least one element" },
    { op.u8 { 1, 2 }, 0.5, code = "type", says = "quantile: x wants f" },
  })

  it("is the median of many", function()
    local x = ae.permutation(1001):to("f32"):reshape { 1001 }
    assert.are.equal(501, x:quantile(0.5):item())
  end)
end)
