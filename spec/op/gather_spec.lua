local op = require "spec.support.op"
local values = require "spec.support.values"

describe("gather", function()
  op.values("gather", {
    { { { 1, 2 }, { 3, 4 } }, op.i32 { { 2, 1, 1 }, { -1, 1, 2 } }, attrs = { dim = 2 },
      gives = { { 2, 1, 1 }, { 4, 3, 4 } } },
    { { { 1, 2 }, { 3, 4 } }, op.i32 { { 2, 1 } }, attrs = { dim = 1 }, gives = { { 3, 2 } } },
    { op.u8 { 9, 8, 7 }, op.i32 { 3, 3 }, attrs = { dim = 1 }, gives = { 7, 7 }, dtype = "u8" },
    { op.i32 { 9, 8, 7 }, op.i32 { 3, 3 }, attrs = { dim = -1 }, gives = { 7, 7 }, dtype = "i32" },
    { values.shaped({}, { 2, 0 }), values.shaped({}, { 2, 0 }, "i32"), attrs = { dim = 2 }, gives = { {}, {} } },
  })
  op.random("gather", { ulps = 0, grad_ulps = 4 }, {
    { { 3, 4 }, { 3, 6, low = 1, high = 4, dtype = "i32" }, attrs = { dim = 2 } },
    { { 3, 4 }, { 2, 4, low = -3, high = -1, dtype = "i32" }, attrs = { dim = 1 } },
    { { 2, 3, 4 }, { 2, 5, 4, low = 1, high = 3, dtype = "i32" }, attrs = { dim = 2 } },
    { { 1 }, { 1, low = 1, high = 1, dtype = "i32" }, attrs = { dim = 1 } },
    { { 3, 2 }, { 0, 2, dtype = "i32" }, attrs = { dim = 1 } },
    { { 500, 40 }, { 500, 60, low = 1, high = 40, dtype = "i32" }, attrs = { dim = 2 }, large = true },
  })
  op.refuses("gather", {
    { { { 1, 2 } }, op.i32 { { 3 } }, attrs = { dim = 2 }, code = "invalid",
      says = "gather: wants places of 1 to 2 (negative: from the end), got 3 at number 1" },
    { { { 1, 2 } }, op.i32 { { 0 } }, attrs = { dim = 2 }, code = "invalid", says = "got 0" },
    { { { 1, 2 } }, op.i32 { 1 }, attrs = { dim = 2 }, code = "shape", says = { "gather", "[1, 2]", "[1]" } },
    { { { 1, 2 } }, op.i32 { { 1 }, { 1 } }, attrs = { dim = 2 }, code = "shape",
      says = { "but for dimension 2", "[2, 1]" } },
    { { { 1, 2 } }, { { 1 } }, attrs = { dim = 2 }, code = "type", says = "gather: places wants i32" },
    { { { 1, 2 } }, op.i32 { { 1 } }, code = "invalid", says = { "gather", "dim" } },
  })
end)
