local op = require "spec.support.op"
local reduction = require "spec.support.reduction"
local values = require "spec.support.values"

local nan = 0 / 0

describe("any", function()
  op.values("any", {
    { { { 0, 0 }, { 0, 2 } }, gives = 1, dtype = "u8" },
    { { { 0, 0 }, { 0, 2 } }, attrs = { dims = 2 }, gives = { 0, 1 } },
    { { { 0, 0 }, { 0, nan } }, attrs = { dims = 1, keepdim = true }, gives = { { 0, 1 } } },
    { op.u8 { 0, 0 }, gives = 0 },
    { op.i32 { 0, -1 }, gives = 1 },
    { values.shaped({}, { 0 }), gives = 0, name = "nothing" },
  })
  op.fixtures("any", "reductions")
  op.random("any", { ulps = 0 }, reduction.cases)
  op.refuses("any", reduction.refusals("any"))
end)

describe("all", function()
  op.values("all", {
    { { { 1, 0 }, { 3, 2 } }, gives = 0, dtype = "u8" },
    { { { 1, 0 }, { 3, nan } }, attrs = { dims = 2 }, gives = { 0, 1 } },
    { op.u8 { 1, 2 }, gives = 1 },
    { op.i32 { 0, -1 }, gives = 0 },
    { values.shaped({}, { 0 }), gives = 1, name = "nothing" },
  })
  op.fixtures("all", "reductions")
  op.random("all", { ulps = 0 }, reduction.cases)
  op.refuses("all", reduction.refusals("all"))
end)
