local op = require "spec.support.op"
local reduction = require "spec.support.reduction"
local values = require "spec.support.values"

local inf, nan = math.huge, 0 / 0

for name, sign in pairs { max = 1, min = -1 } do
  describe(name, function()
    op.values(name, {
      { { { 1 * sign, -2 * sign }, { 3 * sign, 0 } }, gives = 3 * sign },
      { { { 1 * sign, -2 * sign }, { 3 * sign, 0 } }, attrs = { dims = 1 }, gives = { 3 * sign, 0 } },
      { { 1, nan, inf, -inf }, gives = nan, name = "a nan" },
      { { -inf * sign, -inf * sign }, gives = -inf * sign },
      { op.u8 { { 7, 250 }, { 7, 7 } }, attrs = { dims = 2 },
        gives = sign > 0 and { 250, 7 } or { 7, 7 }, dtype = "u8" },
      { op.i32 { -2147483648, 2147483647, 3 }, gives = sign > 0 and 2147483647 or -2147483648, dtype = "i32" },
      { values.shaped({}, { 0, 3 }), attrs = { dims = 2 }, gives = {}, name = "no rows" },
    })
    op.fixtures(name, "reductions")
    op.random(name, { spread = true, low = -40, high = 40, ulps = 0 }, reduction.cases)
    op.refuses(name, reduction.refusals(name))
    op.refuses(name, {
      { values.shaped({}, { 0 }), code = "shape", says = { name, "at least one element", "[0]" } },
      { values.shaped({}, { 3, 0 }), attrs = { dims = 2 }, code = "shape",
        says = { name, "at least one element", "[3, 0]" } },
    })
  end)
end
