local op = require "spec.support.op"

describe("layer_norm", function()
  op.values("layer_norm", {
    { { { 1, 3 }, { 5, 5 } }, attrs = { epsilon = 1e-12 }, gives = { { -1, 1 }, { 0, 0 } }, rtol = 1e-6 },
    { { { 1, 3 } }, { 2, 3 }, { 0.5, 1 }, attrs = { epsilon = 1e-12 }, gives = { { -1.5, 4 } }, rtol = 1e-6 },
  })
  op.fixtures("layer_norm", "pictures", { rtol = op.is_double and 1e-8 or 1e-4, atol = op.is_double and 1e-9 or 2e-5 })
  op.random("layer_norm", { ulps = 64, grad_ulps = 512, gradcheck = { eps = op.is_double and 1e-6 or 1e-3 } }, {
    { { 3, 5 }, { 5 }, { 5 } }, { { 2, 3, 4 }, { 3, 4 }, { 3, 4 }, attrs = { dims = 2 } }, { { 2, 3, 5 } },
    { { 2, 33 }, { 33 } }, { { 2, 7 }, op.absent, { 7 } }, { { 0, 3 }, { 3 }, { 3 } }, { { 2, 0 }, { 0 }, { 0 } },
    { { 70, 5 }, { 5 }, { 5 } }, { { 1, 4 }, attrs = { epsilon = 0.1 } }, { { 60, 1000 }, { 1000 }, { 1000 }, large = true },
  })
  op.refuses("layer_norm", {
    { { { 1, 2 } }, { 1 }, code = "shape", says = "layer_norm: scale wants shape [2], got [1]" },
    { { { 1, 2 } }, { 1, 1 }, { 1 }, code = "shape", says = "layer_norm: shift wants shape [2], got [1]" },
    { { { 1, 2 } }, attrs = { dims = 3 }, code = "invalid", says = "layer_norm: dims wants 1 to the number of dimensions" },
    { { { 1, 2 } }, attrs = { dims = 0 }, code = "invalid", says = "dims wants 1" },
    { { { 1, 2 } }, attrs = { epsilon = -1 }, code = "invalid", says = "layer_norm: epsilon must be greater than 0" },
  })
end)
