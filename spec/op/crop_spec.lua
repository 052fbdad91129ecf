local ae = require "aelua"
local op = require "spec.support.op"

describe("crop", function()
  op.values("crop", {
    { { 1, 2, 3, 4 }, attrs = { before = { 1 }, after = { 2 } }, gives = { 2 } },
    { { { 1, 2, 3 }, { 4, 5, 6 }, { 7, 8, 9 } }, attrs = { before = { 1, 1 } }, gives = { { 5 } }, name = "both sides alike" },
    { op.u8 { 5, 6 }, attrs = { before = { 1 }, after = { 0 } }, gives = { 6 }, dtype = "u8" },
    { op.i32 { 5, 6 }, attrs = { before = 0, after = 1 }, gives = { 5 }, dtype = "i32" },
  })
  op.random("crop", { ulps = 0, grad_ulps = 0 }, {
    { { 3, 4 }, attrs = { before = { 1, 2 }, after = { 0, 1 } } }, { { 2 }, attrs = { before = { 1 } } },
    { { 2, 5, 2 }, attrs = { before = { 0, 1, 0 } } }, { { 0, 4 }, attrs = { before = { 0, 1 } } },
    { { 40, 28, 28, 3 }, attrs = { before = { 0, 2, 2, 0 } }, large = true },
  })
  op.refuses("crop", {
    { { { 1 } }, attrs = { before = { 1 } }, code = "shape",
      says = "crop: before wants a number for each dimension of [1, 1], got 1" },
    { { 1 }, attrs = { before = { 1 }, after = { 1, 2 } }, code = "shape", says = "crop: after wants" },
    { { 1 }, attrs = { before = { -1 } }, code = "invalid", says = "crop: before wants at least 0, got -1 in dimension 1" },
    { { 1, 2 }, attrs = { before = { 1 }, after = { 2 } }, code = "shape",
      says = "crop: dimension 1 has 2, less than 1 + 2" },
    { { 1 }, attrs = { before = { 9223372036854775807 } }, code = "shape", says = "crop: dimension 1 has 1" },
    { { 1 }, code = "invalid", says = { "crop", "before" } },
  })

  it("undoes pad", function()
    local x = ae.randn(2, 3, 4)
    local border = { before = { 1, 0, 2 }, after = { 0, 3, 1 } }
    assert.are.equal(0, (x:pad(border):crop(border) - x):abs():max():item())
  end)
end)
