local op = require "spec.support.op"
local values = require "spec.support.values"

describe("one_hot", function()
  op.values("one_hot", {
    { op.i32 { 1, 3 }, attrs = { classes = 3 }, gives = { { 1, 0, 0 }, { 0, 0, 1 } } },
    { op.i32 { { 2 }, { 1 } }, attrs = { classes = 2, dtype = "u8" },
      gives = { { { 0, 1 } }, { { 1, 0 } } }, dtype = "u8" },
    { values.shaped({ 2 }, {}, "i32"), attrs = { classes = 2 }, gives = { 0, 1 } },
    { values.shaped({}, { 0 }, "i32"), attrs = { classes = 2 }, gives = values.shaped({}, { 0, 2 }) },
  })
  op.random("one_hot", { ulps = 0 }, { { { 3, 4, low = 1, high = 5, dtype = "i32" }, attrs = { classes = 5 } } })
  op.refuses("one_hot", {
    { op.i32 { 1, 4 }, attrs = { classes = 3 }, code = "invalid",
      says = "one_hot: wants labels of 1 to 3, got 4 at number 2" },
    { op.i32 { 0 }, attrs = { classes = 3 }, code = "invalid", says = "got 0 at number 1" },
    { op.i32 { 1 }, attrs = { classes = -1 }, code = "shape", says = "one_hot" },
    { { 1, 2 }, attrs = { classes = 3 }, code = "type", says = "one_hot: labels wants i32" },
    { op.i32 { 1 }, code = "invalid", says = { "one_hot", "classes" } },
  })
end)
