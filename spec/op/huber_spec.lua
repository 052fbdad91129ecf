local loss = require "spec.support.loss"
local op = require "spec.support.op"

describe("huber", function()
  op.values("huber", {
    { { 0, 0.5, 3, -3 }, { 0, 0, 0, 0 }, attrs = { reduction = "none" }, gives = { 0, 0.125, 2.5, 2.5 } },
    { { 0, 0.5, 3, -3 }, { 0, 0, 0, 0 }, attrs = { reduction = "none", delta = 2 }, gives = { 0, 0.125, 4, 4 } },
  })
  loss.all("huber", { attrs = { delta = 0.7 } })
  op.refuses("huber", {
    { { 1 }, { 1 }, attrs = { delta = 0 }, code = "invalid", says = "huber: delta must be more than 0" },
    { { 1 }, { 1 }, attrs = { delta = math.huge }, code = "invalid", says = "finite" },
  })
end)
