local ae = require "aelua"
local core = require "aelua.core"
local op = require "spec.support.op"
local reduction = require "spec.support.reduction"
local values = require "spec.support.values"

describe("sum", function()
  op.values("sum", {
    { { { 1, 2 }, { 3, 4 } }, gives = 10 },
    { { { 1, 2 }, { 3, 4 } }, attrs = { dims = 1 }, gives = { 4, 6 } },
    { { { 1, 2 }, { 3, 4 } }, attrs = { dims = 2, keepdim = true }, gives = { { 3 }, { 7 } } },
    { op.u8 { 255, 255, 255 }, gives = 765, name = "u8 as they are" },
    { op.i32 { 2147483647, 2147483647 }, gives = 4294967294, rtol = 1e-7, name = "i32 without overflow" },
    { values.shaped({}, { 0 }), gives = 0, name = "nothing" },
    { values.shaped({}, { 2, 0 }), attrs = { dims = 2 }, gives = { 0, 0 } },
    { values.shaped({}, { 0, 2 }), attrs = { dims = 1 }, gives = { 0, 0 } },
  })
  op.fixtures("sum", "reductions")
  op.random("sum", { ulps = 2 }, reduction.cases)
  op.refuses("sum", reduction.refusals("sum"))

  it("is exact to the last digit over ten million numbers", function()
    local x = ae.full({ 10000000 }, 0.1)
    local one = x:narrow(1, 1, 1):item()
    assert.is_near(1, x:sum():item() / (one * 1e7), op.is_double and 1e-12 or 1e-7)
    assert.is_near(1, x:reshape({ 5000000, 2 }):sum(1):narrow(1, 2, 1):item() / (one * 5e6), op.is_double and 1e-12 or 1e-7)
  end)

  it("has the same bits with any number of threads", function()
    local threads = core.threads()
    for _, case in ipairs { { { 3000000 } }, { { 300, 2000 }, 1 }, { { 300000, 3 }, 1 },
    { { 40, 70, 90 }, { 1, 3 } } } do
      local x = ae.randn(case[1])
      core.threads(1)
      local one = values.flat(x:sum(case[2] or {}))
      core.threads(2)
      assert.are.same(one, values.flat(x:sum(case[2] or {})))
      core.threads(threads)
    end
  end)
end)

describe("mean", function()
  op.values("mean", {
    { { { 1, 2 }, { 3, 6 } }, gives = 3 },
    { { { 1, 2 }, { 3, 6 } }, attrs = { dims = -1 }, gives = { 1.5, 4.5 } },
    { op.u8 { 0, 255 }, gives = 127.5, name = "u8 as they are" },
    { op.i32 { -3, 2 }, gives = -0.5 },
    { values.shaped({}, { 0 }), gives = 0 / 0, name = "nothing" },
  })
  op.fixtures("mean", "reductions")
  op.random("mean", { ulps = 2 }, reduction.cases)
  op.refuses("mean", reduction.refusals("mean"))
end)
