local ae = require "aelua"
local op = require "spec.support.op"

describe("matmul", function()
  op.values("matmul", {
    { { { 1, 2 }, { 3, 4 } }, { { 5 }, { 6 } }, gives = { { 17 }, { 39 } } },
    { { 1, 2, 3 }, { 4, 5, 6 }, gives = 32, name = "dot product" },
    { { 1, 2 }, { { 3, 4 }, { 5, 6 } }, gives = { 13, 16 }, name = "a row" },
    { { { 3, 4 }, { 5, 6 } }, { 1, 2 }, gives = { 11, 17 }, name = "a column" },
    { { { 1, 2 }, { 3, 4 } }, { { 1, 0 }, { 1, 1 } }, attrs = { transpose_a = true }, gives = { { 4, 3 }, { 6, 4 } } },
    { { { 1, 2 }, { 3, 4 } }, { { 1, 0 }, { 1, 1 } }, attrs = { transpose_b = true }, gives = { { 1, 3 }, { 3, 7 } } },
  })
  op.fixtures("matmul", "layers", { rtol = op.is_double and 1e-9 or 1e-5, atol = op.is_double and 1e-10 or 2e-6 })
  op.random("matmul", { ulps = 32 }, {
    { { 3, 4 }, { 4, 5 } }, { { 4 }, { 4, 5 } }, { { 3, 4 }, { 4 } }, { { 4 }, { 4 } }, { { 1, 1 }, { 1, 1 } },
    { { 2, 3, 4 }, { 4, 5 } }, { { 3, 4 }, { 2, 4, 5 } }, { { 2, 1, 3, 4 }, { 3, 4, 2 } }, { { 2, 3, 4 }, { 2, 4, 1 } },
    { { 0, 4 }, { 4, 5 } }, { { 3, 0 }, { 0, 5 } }, { { 3, 4 }, { 4, 0 } }, { { 0, 3, 4 }, { 4, 5 } },
    { { 0, 3, 4 }, { 1, 4, 5 } }, { { 2, 1, 3 }, { 1, 3, 2 } },
    { { 2, 4, 3 }, { 4, 5 }, attrs = { transpose_a = true } }, { { 2, 3, 4 }, { 5, 4 }, attrs = { transpose_b = true } },
    { { 4, 3 }, { 2, 5, 4 }, attrs = { transpose_a = true, transpose_b = true } },
    { { 65, 130 }, { 130, 67 }, large = true }, { { 12, 33, 20 }, { 12, 20, 31 }, large = true },
    { { 4, 100, 120 }, { 120, 90 }, large = true }, { { 90, 100 }, { 3, 100, 120 }, large = true },
  })
  op.refuses("matmul", {
    { { { 1, 2 } }, { { 1, 2 } }, code = "shape", says = "matmul: [1, 2] has 2 columns, [1, 2] has 1 rows" },
    { { 1, 2 }, { 1, 2, 3 }, code = "shape", says = "2 columns" },
    { { { 1, 2 } }, { 1, 2 }, attrs = { transpose_b = true }, code = "shape", says = "transpose_b wants 2 dimensions" },
    { ae.tensor(1), { 1 }, code = "shape", says = "mul multiplies numbers" },
    { ae.ones(2, 3, 4), ae.ones(3, 4, 5), code = "shape", says = "matmul" },
    { op.i32 { 1 }, { 1 }, code = "type", says = "matmul: a wants f" },
  })
end)
