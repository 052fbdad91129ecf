local op = require "spec.support.op"
local values = require "spec.support.values"

describe("pad", function()
  op.values("pad", {
    { { 1, 2 }, attrs = { before = { 1 }, after = { 2 } }, gives = { 0, 1, 2, 0, 0 } },
    { { { 1 } }, attrs = { before = { 1, 0 }, value = 9 }, gives = { { 9 }, { 1 }, { 9 } }, name = "both sides alike" },
    { op.u8 { 5 }, attrs = { before = { 1 }, after = { 0 }, value = 255 }, gives = { 255, 5 }, dtype = "u8" },
    { op.i32 { 5 }, attrs = { before = { 0 }, after = { 1 }, value = -1 }, gives = { 5, -1 }, dtype = "i32" },
    { values.shaped({}, { 0 }), attrs = { before = { 2 }, value = 3 },
      gives = { 3, 3, 3, 3 }, name = "a border of nothing" },
    { values.shaped({ 4 }, {}), attrs = { before = {} }, gives = 4 },
  })
  op.values("pad", {
    { { 1, 2, 3 }, attrs = { before = { 2 }, mode = "reflect" }, gives = { 3, 2, 1, 2, 3, 2, 1 } },
    { { 1, 2, 3 }, attrs = { before = { 2 }, after = { 1 }, mode = "edge" }, gives = { 1, 1, 1, 2, 3, 3 } },
    { { { 1, 2 }, { 3, 4 } }, attrs = { before = { 1, 1 }, mode = "reflect" },
      gives = { { 4, 3, 4, 3 }, { 2, 1, 2, 1 }, { 4, 3, 4, 3 }, { 2, 1, 2, 1 } } },
    { op.u8 { 5, 6 }, attrs = { before = { 1 }, mode = "edge" }, gives = { 5, 5, 6, 6 }, dtype = "u8" },
    { { { 1, 2 } }, attrs = { before = { 0, 0 }, mode = "reflect" }, gives = { { 1, 2 } }, name = "no border" },
    { values.shaped({ 4 }, {}), attrs = { before = {}, mode = "edge" }, gives = 4 },
    { values.shaped({}, { 0 }), attrs = { before = { 0 }, mode = "edge" }, gives = {} },
  })
  op.fixtures("pad", "pictures")
  for _, mode in ipairs { "edge", "reflect" } do
    op.random("pad", { ulps = 8, grad_ulps = 32 }, {
      { { 3, 4 }, attrs = { before = { 1, 2 }, after = { 0, 3 }, mode = mode } },
      { { 2, 3, 4, 2 }, attrs = { before = { 0, 2, 1, 0 }, mode = mode } },
      { { 2, 3, 2 }, attrs = { before = { 0, 1, 0 }, after = { 1, 0, 1 }, mode = mode } },
      { { 0, 3 }, attrs = { before = { 0, 2 }, mode = mode } },
      { { 3, 0 }, attrs = { before = { 2, 0 }, mode = mode } }, { {}, attrs = { before = {}, mode = mode } },
      { { 40, 28, 28, 3 }, attrs = { before = { 0, 2, 2, 0 }, mode = mode }, large = true },
    })
  end
  op.random("pad", { ulps = 0, grad_ulps = 0 }, {
    { { 3, 4 }, attrs = { before = { 1, 2 }, after = { 0, 1 }, value = 0.5 } }, { { 1 }, attrs = { before = { 1 } } },
    { { 2, 3, 2 }, attrs = { before = { 0, 1, 0 } } }, { { 0, 2 }, attrs = { before = { 1, 1 } } }, { {},
      attrs = { before = {} } },
    { { 40, 28, 28, 3 }, attrs = { before = { 0, 2, 2, 0 } }, large = true },
  })
  op.refuses("pad", {
    { { { 1 } }, attrs = { before = { 1 } }, code = "shape",
      says = "pad: before wants a number for each dimension of [1, 1], got 1" },
    { { 1 }, attrs = { before = { 1 }, after = { 1, 2 } }, code = "shape", says = "pad: after wants" },
    { { 1 }, attrs = { before = { -1 } }, code = "invalid",
      says = "pad: before wants at least 0, got -1 in dimension 1" },
    { { 1 }, attrs = { before = { 9223372036854775807 } }, code = "overflow", says = "pad" },
    { op.u8 { 1 }, attrs = { before = { 1 }, value = 256 }, code = "invalid",
      says = "pad: value wants a whole number of 0 to 255" },
    { op.u8 { 1 }, attrs = { before = { 1 }, value = 0.5 }, code = "invalid", says = "pad: value" },
    { { 1 }, code = "invalid", says = { "pad", "before" } },
    { { 1, 2 }, attrs = { before = { 2 }, mode = "reflect" }, code = "shape",
      says = "pad: reflect wants less than the 2 elements of dimension 1, got 2" },
    { values.shaped({}, { 0 }), attrs = { before = { 1 }, mode = "edge" }, code = "shape", says = "pad: edge wants" },
    { { 1, 2 }, attrs = { before = { 1 }, value = 3, mode = "edge" }, code = "invalid", says = "pad: value wants the mode" },
    { { 1, 2 }, attrs = { before = { 1 }, mode = "wrap" }, code = "invalid", says = "reflect" },
  })
end)
