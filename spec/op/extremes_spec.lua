local op = require "spec.support.op"

local inf, nan = math.huge, 0 / 0

describe("extremes", function()
  op.values("extremes", {
    { { 3, -4, 0 }, gives = { -4, 3 } },
    { { { 0.5 } }, gives = { 0.5, 0.5 } },
    { { 1, nan, 2 }, gives = { nan, nan } },
    { { nan, 1, 2 }, gives = { nan, nan } },
    { { -inf, 1, inf }, gives = { -inf, inf } },
    { {}, gives = { inf, -inf } },
  })
  op.random("extremes", { gradient = false }, { { { 1 } }, { { 17, 3 } }, { { 5000 } }, { { 100003 }, large = true } })
  op.refuses("extremes", { { op.i32 { 1 }, code = "type", says = "extremes: x wants" } })
end)
