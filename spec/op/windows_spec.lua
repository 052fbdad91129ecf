local ae = require "aelua"
local op = require "spec.support.op"
local values = require "spec.support.values"

-- [2,2,3,1]
local x = { { { { 1 }, { 2 }, { 3 } }, { { 4 }, { 5 }, { 6 } } }, { { { 7 }, { 8 }, { 9 } }, { { 10 }, { 11 }, { 12 } } } }

describe("windows", function()
  op.values("windows", {
    { x, op.i32 { { 2, 1, 2, 0 }, { 1, 2, 1, 0 } }, attrs = { size = { 1, 2 } },
      gives = { { { { 8 }, { 9 } } }, { { { 4 }, { 5 } } } } },
    { x, op.i32 { { 1, 1, 1, 1 }, { 1, 1, 1, 2 }, { 1, 1, 1, 3 } }, attrs = { size = 2 }, name = "turned over",
      gives = { { { { 2 }, { 1 } }, { { 5 }, { 4 } } }, { { { 4 }, { 5 } }, { { 1 }, { 2 } } },
        { { { 5 }, { 4 } }, { { 2 }, { 1 } } } } },
    { x, op.i32 { { 1, 0, 3, 0 } }, attrs = { size = 2 }, gives = { { { { 0 }, { 0 } }, { { 3 }, { 0 } } } } },
    { x, op.i32 { { 1, 0, 3, 1 } }, attrs = { size = 2, value = 8 }, gives = { { { { 8 }, { 8 } }, { { 8 }, { 3 } } } } },
    { x, op.i32 { { 1, 1, -1, 0 } }, attrs = { size = { 1, 7 }, mode = "edge" },
      gives = { { { { 1 }, { 1 }, { 1 }, { 2 }, { 3 }, { 3 }, { 3 } } } } },
    { x, op.i32 { { 1, -2147483648, -2147483648, 1 }, { 1, 2147483647, 2147483647, 2 } }, name = "as far away as can be",
      attrs = { size = { 2, 1 }, mode = "edge" }, gives = { { { { 1 } }, { { 1 } } }, { { { 6 } }, { { 6 } } } } },
    { x, op.i32 { { 1, 1, -4, 0 } }, attrs = { size = { 1, 12 }, mode = "reflect" }, name = "reflected more than once",
      gives = { { { { 2 }, { 1 }, { 2 }, { 3 }, { 2 }, { 1 }, { 2 }, { 3 }, { 2 }, { 1 }, { 2 }, { 3 } } } } },
    { op.u8 { { { { 1, 2 } } } }, op.i32 { { 1, 1, 1, 0 } }, attrs = { size = { 1, 2 }, value = 255 }, dtype = "u8",
      gives = { { { { 1, 2 }, { 255, 255 } } } } },
    { op.i32 { { { { 5 } } } }, op.i32 { { 1, 5, 5, 0 } }, attrs = { size = 1, value = -3 }, dtype = "i32",
      gives = { { { { -3 } } } } },
    { x, values.shaped({}, { 0, 4 }, "i32"), attrs = { size = { 2, 2 } }, gives = values.shaped({}, { 0, 2, 2, 1 }) },
  })
  for _, mode in ipairs { "constant", "edge", "reflect" } do
    op.random("windows", { ulps = 0, grad_ulps = 8 }, {
      { { 3, 5, 6, 2 }, { 7, 4, low = 1, high = 3, dtype = "i32" }, attrs = { size = { 3, 4 }, mode = mode } },
      { { 3, 2, 4, 1 }, { 5, 4, low = 1, high = 3, dtype = "i32" }, attrs = { size = { 9, 2 }, mode = mode } },
      { { 1, 1, 1, 1 }, { 2, 4, low = 1, high = 1, dtype = "i32" }, attrs = { size = 2, mode = mode } },
      { { 2, 3, 4, 2 }, { 0, 4, dtype = "i32" }, attrs = { size = 2, mode = mode } },
      { { 3, 40, 30, 3 }, { 30, 4, low = 1, high = 3, dtype = "i32" }, attrs = { size = { 38, 33 }, mode = mode }, large = true },
    })
  end
  op.refuses("windows", {
    { { { 1, 2 } }, op.i32 { { 1, 1, 1, 0 } }, attrs = { size = 1 }, code = "shape",
      says = "windows: x [N,H,W,C] wants 4 dimensions, got [1, 2]" },
    { x, op.i32 { { 1, 1, 0 } }, attrs = { size = 1 }, code = "shape", says = "windows: places wants [M, 4], got [1, 3]" },
    { x, op.i32 { { 1, 1, 1, 0 } }, code = "invalid", says = { "windows", "size" } },
    { x, op.i32 { { 1, 1, 1, 0 } }, attrs = { size = {} }, code = "invalid", says = "size wants a number" },
    { x, op.i32 { { 1, 1, 1, 0 }, { 3, 1, 1, 0 } }, attrs = { size = 1 }, code = "invalid",
      says = "windows: wants samples of 1 to 2, place 2 names 3" },
    { x, op.i32 { { 0, 1, 1, 0 } }, attrs = { size = 1 }, code = "invalid", says = "place 1 names 0" },
    { x, op.i32 { { 1, 1, 1, 4 } }, attrs = { size = 1 }, code = "invalid", says = "flip wants 0 to 3, got 4 at place 1" },
    { x, op.i32 { { 1, 1, 1, 0 } }, attrs = { size = 1, mode = "edge", value = 1 }, code = "invalid",
      says = "value wants the mode \"constant\"" },
    { op.u8 { { { { 1 } } } }, op.i32 { { 1, 1, 1, 0 } }, attrs = { size = 1, value = 0.5 }, code = "invalid",
      says = "windows: value wants a number that fits u8, got 0.5" },
    { op.i32 { { { { 1 } } } }, op.i32 { { 1, 1, 1, 0 } }, attrs = { size = 1, value = 1e300 }, code = "invalid",
      says = "fits i32" },
    { ae.zeros(1, 0, 2, 1), op.i32 { { 1, 1, 1, 0 } }, attrs = { size = 1, mode = "edge" }, code = "shape",
      says = "wants a pixel to repeat" },
    { x, { { 1, 1, 1, 0 } }, attrs = { size = 1 }, code = "type", says = "windows: places wants i32" },
  })
end)

describe("overlap_add", function()
  op.values("overlap_add", {
    { { { { { 1 }, { 2 } } }, { { { 3 }, { 4 } } } }, op.i32 { { 1, 1, 1, 0 }, { 1, 1, 2, 1 } }, attrs = { size = { 1, 3 } },
      gives = { { { { 1 }, { 6 }, { 3 } } } } },
    { { { { { 1 }, { 2 } } } }, op.i32 { { 2, 1, 0, 0 } }, attrs = { size = { 1, 2 }, count = 2 },
      gives = { { { { 0 }, { 0 } } }, { { { 2 }, { 0 } } } } },
    { { { { { 1 }, { 2 } } } }, op.i32 { { 1, 1, 0, 0 } }, attrs = { size = { 1, 2 }, mode = "edge" },
      gives = { { { { 3 }, { 0 } } } } },
  })
  op.random("overlap_add", { ulps = 8 }, {
    { { 7, 3, 4, 2 }, { 7, 4, low = 1, high = 3, dtype = "i32" }, attrs = { size = { 4, 5 }, count = 3 } },
    { { 5, 9, 2, 1 }, { 5, 4, low = 1, high = 3, dtype = "i32" }, attrs = { size = { 2, 4 }, count = 3, mode = "reflect" } },
    { { 2, 2, 2, 0 }, { 2, 4, low = 1, high = 1, dtype = "i32" }, attrs = { size = 3 } },
    { { 0, 2, 2, 1 }, { 0, 4, dtype = "i32" }, attrs = { size = 3 } },
    { { 30, 38, 33, 3 }, { 30, 4, low = 1, high = 3, dtype = "i32" }, attrs = { size = { 40, 30 }, count = 3 }, large = true },
  })

  it("is the adjoint of windows, wherever they lie", function()
    for _, mode in ipairs { "constant", "edge", "reflect" } do
      local t, places = ae.randn(3, 4, 5, 2), {}
      for i = 1, 40 do places[i] = { i % 3 + 1, i % 23 - 11, i % 19 - 9, i % 4 } end
      places = op.i32(places)
      local g = ae.randn(40, 3, 4, 2)
      local there = (ae.windows(t, places, { size = { 3, 4 }, mode = mode }) * g):sum():item()
      local back = (t * ae.overlap_add(g, places, { size = { 4, 5 }, count = 3, mode = mode })):sum():item()
      assert.near(there, back, 1e-4)
    end
  end)

  op.refuses("overlap_add", {
    { x, op.i32 { { 1, 1, 1, 0 } }, attrs = { size = 3 }, code = "shape", says = "overlap_add: 2 windows, but 1 places" },
    { x, op.i32 { { 1, 1, 1, 0 }, { 2, 1, 1, 0 } }, attrs = { size = 3 }, code = "invalid",
      says = "overlap_add: wants samples of 1 to 1, place 2 names 2" },
    { { 1 }, op.i32 { { 1, 1, 1, 0 } }, attrs = { size = 3 }, code = "shape", says = "windows [M,h,w,C] wants 4 dimensions" },
    { x, op.i32 { { 1, 1, 1, 0 }, { 1, 1, 1, 0 } }, attrs = { size = 3, count = -1 }, code = "invalid",
      says = "count wants at least 0, got -1" },
  })
end)
