local op = require "spec.support.op"
local values = require "spec.support.values"

describe("expand", function()
  op.values("expand", {
    { { 1, 2 }, attrs = { shape = { 2, 2 } }, gives = { { 1, 2 }, { 1, 2 } } },
    { { { 1 }, { 2 } }, attrs = { shape = { 2, 3 } }, gives = { { 1, 1, 1 }, { 2, 2, 2 } } },
    { { { 1 }, { 2 } }, attrs = { shape = { -1, 2 } }, gives = { { 1, 1 }, { 2, 2 } }, name = "-1 keeps" },
    { values.shaped({ 5 }, {}), attrs = { shape = { 2 } }, gives = { 5, 5 } },
    { { 3 }, attrs = { shape = { 0 } }, gives = {}, name = "to nothing" },
    { op.u8 { 7 }, attrs = { shape = { 2 } }, gives = { 7, 7 }, dtype = "u8" },
  })
  op.random("expand", { ulps = 0, grad_ulps = 4 }, {
    { { 3 }, attrs = { shape = { 2, 3 } } }, { { 2, 1, 3 }, attrs = { shape = { 2, 4, 3 } } }, { {},
      attrs = { shape = { 3 } } },
    { { 1 }, attrs = { shape = { 1 } } }, { { 1, 3 }, attrs = { shape = { 0, 3 } } }, { { 3, 1 },
      attrs = { shape = { 2, 3, 4 } } },
    { { 40, 1 }, attrs = { shape = { 30, 40, 50 } }, large = true },
  })
  op.refuses("expand", {
    { { 1, 2 }, attrs = { shape = { 3 } }, code = "shape", says = "expand: [2] does not broadcast to [3]" },
    { { { 1, 2 } }, attrs = { shape = { 2 } }, code = "shape", says = "expand: [1, 2] does not broadcast to [2]" },
    { { 1 }, attrs = { shape = { -1, 1 } }, code = "shape",
      says = "expand: wants sizes of at least 0, got -1 in dimension 1" },
    { { 1 }, attrs = { shape = { 4611686018427387904 } }, code = "overflow", says = "expand" },
  })
end)

describe("tile", function()
  op.values("tile", {
    { { 1, 2 }, attrs = { counts = { 2 } }, gives = { 1, 2, 1, 2 } },
    { { { 1, 2 } }, attrs = { counts = { 2, 2 } }, gives = { { 1, 2, 1, 2 }, { 1, 2, 1, 2 } } },
    { { 1, 2 }, attrs = { counts = { 2, 1 } }, gives = { { 1, 2 }, { 1, 2 } }, name = "more counts than dimensions" },
    { { { 1, 2 } }, attrs = { counts = { 2 } }, gives = { { 1, 2, 1, 2 } }, name = "fewer counts than dimensions" },
    { { 1, 2 }, attrs = { counts = { 0 } }, gives = {}, name = "no times" },
    { op.u8 { 7, 8 }, attrs = { counts = { 2 } }, gives = { 7, 8, 7, 8 }, dtype = "u8" },
    { values.shaped({ 5 }, {}), attrs = { counts = { 2 } }, gives = { 5, 5 } },
  })
  op.random("tile", { ulps = 0, grad_ulps = 4 }, {
    { { 3 }, attrs = { counts = { 2, 2 } } }, { { 2, 3 }, attrs = { counts = { 3, 2 } } }, { { 2, 3, 2 },
      attrs = { counts = { 2, 1, 3 } } },
    { { 2, 3 }, attrs = { counts = { 2 } } }, { {}, attrs = { counts = { 3 } } }, { { 1 }, attrs = { counts = {} } },
    { { 3 }, attrs = { counts = { 0 } } }, { { 0, 2 }, attrs = { counts = { 2, 2 } } },
    { { 40, 30 }, attrs = { counts = { 20, 3 } }, large = true },
  })
  op.refuses("tile", {
    { { 1, 2 }, attrs = { counts = { -1 } }, code = "invalid", says = "tile: counts wants at least 0, got -1" },
    { { 1, 2 }, attrs = { counts = { 9223372036854775807 } }, code = "overflow", says = "tile" },
    { { 1, 2 }, code = "invalid", says = { "tile", "counts" } },
  })
end)
