local op = require "spec.support.op"
local values = require "spec.support.values"

local nan = 0 / 0

local cases = {
  { {} }, { { 1 } }, { { 3, 4 } }, { { 3, 4 }, attrs = { dim = 1 } }, { { 3, 4 },
    attrs = { dim = -1, keepdim = true } },
  { { 2, 3, 4 }, attrs = { dim = 2 } }, { { 3, 0 }, attrs = { dim = 1 } }, { { 300, 7 }, attrs = { dim = 1 } },
  { { 7, 300 }, attrs = { dim = 2 } }, { { 90, 300 }, attrs = { dim = 1 } },
}

for name, sign in pairs { argmax = 1, argmin = -1 } do
  describe(name, function()
    op.values(name, {
      { { { 1 * sign, -2 * sign }, { 3 * sign, 0 } }, gives = 3, dtype = "i32" },
      { { { 1 * sign, -2 * sign }, { 3 * sign, 0 } }, attrs = { dim = 1 }, gives = { 2, 2 } },
      { { { 1 * sign, -2 * sign }, { 3 * sign, 0 } }, attrs = { dim = 2, keepdim = true }, gives = { { 1 }, { 1 } } },
      { { { 1 * sign, -2 * sign }, { 3 * sign, 0 } }, attrs = { keepdim = true }, gives = { { 3 } } },
      { { 5 * sign, nan, 7 * sign, nan }, gives = 2, name = "the first nan" },
      { { 0, 2 * sign, 2 * sign }, gives = 2, name = "the first of several" },
      { op.u8 { { 7, 250 }, { 9, 7 } }, attrs = { dim = 2 }, gives = sign > 0 and { 2, 1 } or { 1, 2 } },
      { op.i32 { -5, 5, -5 }, gives = sign > 0 and 2 or 1 },
      { values.shaped({}, { 0, 3 }), attrs = { dim = 2 }, gives = {}, name = "no rows" },
    })
    op.fixtures(name, "reductions")
    op.random(name, { spread = true, ulps = 0 }, cases)
    op.refuses(name, {
      { { { 1, 2 } }, attrs = { dim = 3 }, code = "shape", says = { name, "got 3" } },
      { values.shaped({}, { 0 }), code = "shape", says = { name, "at least one element" } },
      { values.shaped({}, { 3, 0 }), attrs = { dim = 2 }, code = "shape", says = { name, "[3, 0]" } },
      { { { 1, 2 } }, attrs = { dims = 1 }, code = "invalid", says = { "dims", "dim" } },
    })
  end)
end
