local op = require "spec.support.op"
local values = require "spec.support.values"

describe("cumsum", function()
  op.values("cumsum", {
    { { 1, 2, 3 }, gives = { 1, 3, 6 } },
    { { { 1, 2 }, { 3, 4 } }, attrs = { dim = 1 }, gives = { { 1, 2 }, { 4, 6 } } },
    { { { 1, 2 }, { 3, 4 } }, gives = { { 1, 3 }, { 3, 7 } } },
    { values.shaped({}, { 2, 0 }), gives = { {}, {} }, name = "nothing" },
  })
  op.fixtures("cumsum", "reductions")
  op.random("cumsum", { ulps = 4 }, {
    { { 3, 4 } }, { { 1 } }, { { 3, 4 }, attrs = { dim = 1 } }, { { 2, 3, 4 }, attrs = { dim = 2 } }, { { 0, 2 } },
    { { 2, 35 } }, { { 40, 300 }, attrs = { dim = 1 }, large = true }, { { 3, 1501 }, large = true },
  })
  op.refuses("cumsum", {
    { { 1, 2 }, attrs = { dim = 2 }, code = "shape", says = { "cumsum", "got 2" } },
    { op.i32 { 1, 2 }, code = "type", says = 'cumsum: x wants f' },
  })
end)
