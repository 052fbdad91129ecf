local ae = require "aelua"
local op = require "spec.support.op"
local values = require "spec.support.values"

local exact = { ulps = 0, grad_ulps = 0 }

describe("permute", function()
  op.values("permute", {
    { { { 1, 2, 3 }, { 4, 5, 6 } }, attrs = { dims = { 2, 1 } }, gives = { { 1, 4 }, { 2, 5 }, { 3, 6 } } },
    { { { 1, 2, 3 }, { 4, 5, 6 } }, attrs = { dims = { 1, 2 } }, gives = { { 1, 2, 3 }, { 4, 5, 6 } } },
    { { { { 1, 2 }, { 3, 4 } } }, attrs = { dims = { 3, 1, 2 } }, gives = { { { 1, 3 } }, { { 2, 4 } } } },
    { op.u8 { { 1, 2 }, { 3, 4 } }, attrs = { dims = { -1, -2 } }, gives = { { 1, 3 }, { 2, 4 } }, dtype = "u8" },
    { op.i32 { { 1, 2 }, { 3, 4 } }, attrs = { dims = { 2, 1 } }, gives = { { 1, 3 }, { 2, 4 } }, dtype = "i32" },
    { values.shaped({ 3 }, {}), attrs = { dims = {} }, gives = 3 },
    { values.shaped({}, { 2, 0 }), attrs = { dims = { 2, 1 } }, gives = values.shaped({}, { 0, 2 }) },
  })
  op.random("permute", exact, {
    { { 3, 4 }, attrs = { dims = { 2, 1 } } }, { { 2, 3, 4 }, attrs = { dims = { 3, 1, 2 } } }, { { 1 },
      attrs = { dims = { 1 } } },
    { { 2, 3, 2, 3 }, attrs = { dims = { 1, 4, 2, 3 } } }, { { 2, 3, 2, 3 }, attrs = { dims = { 4, 2, 3, 1 } } },
    { { 0, 2 }, attrs = { dims = { 2, 1 } } }, { { 67, 41 }, attrs = { dims = { 2, 1 } }, large = true },
    { { 3, 5, 67, 2 }, attrs = { dims = { 3, 2, 4, 1 } }, large = true },
    { { 2, 1100, 90 }, attrs = { dims = { 1, 3, 2 } }, large = true },
  })
  op.refuses("permute", {
    { { { 1, 2 } }, attrs = { dims = { 1 } }, code = "shape",
      says = "permute: wants all 2 dimensions of [1, 2], got 1" },
    { { { 1, 2 } }, attrs = { dims = { 1, 1 } }, code = "invalid", says = { "permute", "named twice" } },
    { { { 1, 2 } }, attrs = { dims = { 1, 3 } }, code = "shape", says = { "permute", "got 3" } },
  })

  it("moves every element to its place", function()
    for _, dtype in ipairs { "f32", "u8", "i32" } do
      local x = ae.arange(0, 240, 1, { dtype = dtype }):reshape { 2, 3, 4, 10 }
      local y, given = x:permute({ 3, 1, 4, 2 }):totable(), x:totable()
      for i = 1, 2 do for j = 1, 3 do for k = 1, 4 do for l = 1, 10 do
        assert.are.equal(given[i][j][k][l], y[k][i][l][j])
      end end end end
    end
  end)
end)

describe("transpose", function()
  op.values("transpose", {
    { { { 1, 2, 3 }, { 4, 5, 6 } }, gives = { { 1, 4 }, { 2, 5 }, { 3, 6 } } },
    { { { { 1, 2 }, { 3, 4 } } }, attrs = { dim1 = 1, dim2 = 3 }, gives = { { { 1 }, { 3 } }, { { 2 }, { 4 } } } },
    { { 1, 2 }, attrs = { dim1 = 1, dim2 = 1 }, gives = { 1, 2 } },
  })
  op.random("transpose", exact, { { { 3, 4 } }, { { 2, 3, 4 }, attrs = { dim1 = 1, dim2 = -1 } }, { { 1, 1 } },
  { { 0, 2 } } })
  op.refuses("transpose", {
    { { 1, 2 }, code = "shape", says = { "transpose", "got -2" } },
    { { { 1, 2 } }, attrs = { dim2 = 3 }, code = "shape", says = { "transpose", "got 3" } },
  })
end)

describe("flip", function()
  op.values("flip", {
    { { { 1, 2, 3 }, { 4, 5, 6 } }, gives = { { 6, 5, 4 }, { 3, 2, 1 } } },
    { { { 1, 2, 3 }, { 4, 5, 6 } }, attrs = { dims = 2 }, gives = { { 3, 2, 1 }, { 6, 5, 4 } } },
    { { { 1, 2, 3 }, { 4, 5, 6 } }, attrs = { dims = { 1 } }, gives = { { 4, 5, 6 }, { 1, 2, 3 } } },
    { op.u8 { 1, 2 }, gives = { 2, 1 }, dtype = "u8" },
    { values.shaped({ 3 }, {}), gives = 3 },
    { values.shaped({}, { 0 }), gives = {} },
  })
  op.random("flip", exact, {
    { { 3, 4 } }, { { 2, 3, 4 }, attrs = { dims = { 1, 3 } } }, { { 2, 3, 4 }, attrs = { dims = 2 } }, { {} },
    { { 1 } }, { { 0, 2 } } })
  op.refuses("flip", { { { 1, 2 }, attrs = { dims = 2 }, code = "shape", says = { "flip", "got 2" } } })
end)
