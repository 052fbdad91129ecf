local ae = require "aelua"
local op = require "spec.support.op"

describe("depth_to_space", function()
  local deep = { { { { 1, 2, 3, 4, 5, 6, 7, 8 } } } } -- [1,1,1,8]
  local wide = { { { { 1, 2 }, { 3, 4 } }, { { 5, 6 }, { 7, 8 } } } } -- [1,2,2,2]
  op.values("depth_to_space", {
    { deep, attrs = { block = 2 }, gives = wide },
    { op.u8 { { { { 1, 2, 3, 4 } } } }, attrs = { block = 2 }, gives = { { { { 1 }, { 2 } }, { { 3 }, { 4 } } } }, dtype = "u8" },
    { deep, attrs = { block = 1 }, gives = deep },
  })
  op.values("space_to_depth", {
    { wide, attrs = { block = 2 }, gives = deep },
    { op.i32 { { { { 1 }, { 2 } } } }, attrs = { block = 1 }, gives = { { { { 1 }, { 2 } } } }, dtype = "i32" },
  })
  op.fixtures("depth_to_space", "pictures")
  op.fixtures("space_to_depth", "pictures")
  op.random("depth_to_space", { ulps = 0, grad_ulps = 0 }, {
    { { 2, 3, 2, 8 }, attrs = { block = 2 } }, { { 1, 2, 1, 9 }, attrs = { block = 3 } },
    { { 0, 2, 2, 4 }, attrs = { block = 2 } }, { { 1, 2, 2, 0 }, attrs = { block = 2 } },
    { { 5, 14, 15, 32 }, attrs = { block = 4 }, large = true },
  })
  op.random("space_to_depth", { ulps = 0, grad_ulps = 0 }, {
    { { 2, 4, 6, 3 }, attrs = { block = 2 } }, { { 1, 3, 3, 1 }, attrs = { block = 3 } },
    { { 1, 0, 2, 2 }, attrs = { block = 2 } }, { { 5, 28, 20, 3 }, attrs = { block = 4 }, large = true },
  })
  op.refuses("depth_to_space", {
    { { { 1, 2 } }, attrs = { block = 2 }, code = "shape",
      says = "depth_to_space: x wants 4 dimensions [N,H,W,C], got [1, 2]" },
    { deep, attrs = { block = 3 }, code = "shape",
      says = "depth_to_space: x wants a multiple of 9 channels (block * block), got [1, 1, 1, 8]" },
    { deep, attrs = { block = 0 }, code = "invalid", says = "depth_to_space: block wants 1 to 2147483647, got 0" },
    { deep, code = "invalid", says = "block" },
    { ae.zeros(1, 2147483648, 1024, 0), attrs = { block = 2147483647 }, code = "overflow", says = "depth_to_space" },
  })
  op.refuses("space_to_depth", {
    { { { 1, 2 } }, attrs = { block = 2 }, code = "shape", says = "space_to_depth: x wants 4 dimensions" },
    { wide, attrs = { block = 3 }, code = "shape",
      says = "space_to_depth: x wants a multiple of 3 rows and columns, got [1, 2, 2, 2]" },
    { wide, attrs = { block = -1 }, code = "invalid", says = "space_to_depth: block wants 1 to" },
    { ae.zeros(0, 0, 0, 2147483648), attrs = { block = 2147483647 }, code = "overflow", says = "space_to_depth" },
  })

  it("is undone by space_to_depth", function()
    local x = ae.randn(2, 3, 4, 18)
    assert.are.equal(0, (x:depth_to_space(3):space_to_depth(3) - x):abs():max():item())
  end)
end)
