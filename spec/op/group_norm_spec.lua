local ae = require "aelua"
local op = require "spec.support.op"

describe("group_norm", function()
  op.values("group_norm", {
    { { { { 1, 7 }, { 3, 7 } } }, attrs = { groups = 2, epsilon = 1e-12 }, gives = { { { -1, 0 }, { 1, 0 } } }, rtol = 1e-6 },
    { { { 1, 3, 5, 5 } }, { 1, 2, 3, 4 }, { 0, 0, 1, 1 }, attrs = { groups = 2, epsilon = 1e-12 },
      gives = { { -1, 2, 1, 1 } }, rtol = 1e-6 },
  })
  op.fixtures("group_norm", "pictures", { rtol = op.is_double and 1e-8 or 1e-4, atol = op.is_double and 1e-9 or 2e-5 })
  op.random("group_norm", { ulps = 64, grad_ulps = 512, gradcheck = { eps = op.is_double and 1e-6 or 1e-3 } }, {
    { { 2, 3, 4 }, { 4 }, { 4 }, attrs = { groups = 2 } }, { { 2, 2, 3, 6 }, { 6 }, { 6 }, attrs = { groups = 3 } },
    { { 2, 5, 3 }, attrs = { groups = 1 } }, { { 2, 5, 3 }, { 3 }, attrs = { groups = 3 } },
    { { 0, 3, 4 }, { 4 }, { 4 }, attrs = { groups = 2 } }, { { 2, 0, 4 }, { 4 }, { 4 }, attrs = { groups = 2 } },
    { { 2, 3, 0 }, { 0 }, { 0 }, attrs = { groups = 2 } },
    { { 3, 5, 40 }, { 40 }, { 40 }, attrs = { groups = 4 } }, { { 2, 3, 3, 3 }, attrs = { groups = 3 } },
    { { 2, 6 }, { 6 }, { 6 }, attrs = { groups = 2 } },
    { { 5, 28, 28, 24 }, { 24 }, { 24 }, attrs = { groups = 4 }, large = true },
  })
  op.refuses("group_norm", {
    { { 1, 2 }, attrs = { groups = 1 }, code = "shape", says = "group_norm: x wants at least 2 dimensions [N, ..., C], got [2]" },
    { { { 1, 2, 3 } }, attrs = { groups = 2 }, code = "shape",
      says = "group_norm: 2 groups do not divide the 3 channels of x [1, 3]" },
    { { { 1, 2 } }, attrs = { groups = 0 }, code = "invalid", says = "group_norm: groups wants at least 1, got 0" },
    { { { 1, 2 } }, code = "invalid", says = "groups" },
    { { { 1, 2 } }, { 1 }, attrs = { groups = 1 }, code = "shape", says = "group_norm: scale wants shape [2], got [1]" },
  })

  it("of one group is layer_norm of a sample without scale", function()
    ae.seed(2)
    local x = ae.randn(3, 4, 5, 6)
    assert.is_true((x:group_norm(nil, nil, 1) - x:layer_norm(nil, nil, 3)):abs():max():item() < 1e-5)
  end)
end)
