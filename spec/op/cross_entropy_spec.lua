local loss = require "spec.support.loss"
local op = require "spec.support.op"

describe("cross_entropy", function()
  local p = { { 0.25, 0.75 }, { 0.5, 0.5 } }
  op.values("cross_entropy", {
    { p, { { 1, 0 }, { 0.5, 0.5 } }, attrs = { reduction = "none" }, gives = { math.log(4), math.log(2) } },
    { p, op.i32 { 2, 1 }, attrs = { reduction = "none" }, gives = { math.log(4 / 3), math.log(2) } },
    { p, op.i32 { 2, 1 }, gives = (math.log(4 / 3) + math.log(2)) / 2 },
    { { { 0, 1 } }, op.i32 { 1 }, gives = -math.log(1e-7), rtol = 1e-6, name = "a probability of 0" },
  })
  loss.all("cross_entropy", { low = 0.05, high = 0.95, rows = true, classes = true })
  op.refuses("cross_entropy", {
    { p, p, attrs = { epsilon = 1 }, code = "invalid", says = "cross_entropy: epsilon must be between" },
  })
end)
