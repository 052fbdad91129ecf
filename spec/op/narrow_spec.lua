local ae = require "aelua"
local op = require "spec.support.op"
local values = require "spec.support.values"

describe("narrow", function()
  op.values("narrow", {
    { { { 1, 2 }, { 3, 4 }, { 5, 6 } }, attrs = { dim = 1, start = 2, length = 2 }, gives = { { 3, 4 }, { 5, 6 } } },
    { { { 1, 2, 3 }, { 4, 5, 6 } }, attrs = { dim = 2, start = 2 },
      gives = { { 2, 3 }, { 5, 6 } }, name = "to the end" },
    { { { 1, 2, 3 }, { 4, 5, 6 } }, attrs = { dim = -1, start = -1, length = 1 }, gives = { { 3 }, { 6 } } },
    { { 1, 2 }, attrs = { dim = 1, start = 3, length = 0 }, gives = {}, name = "nothing, past the end" },
    { op.u8 { { 1, 2 }, { 3, 4 } }, attrs = { dim = 2, start = 1, length = 1 },
      gives = { { 1 }, { 3 } }, dtype = "u8" },
    { op.i32 { 1, 2 }, attrs = { dim = 1, start = 2, length = 1 }, gives = { 2 }, dtype = "i32" },
    { values.shaped({}, { 0, 2 }), attrs = { dim = 1, start = 1, length = 0 }, gives = values.shaped({}, { 0, 2 }) },
  })
  op.random("narrow", { ulps = 0, grad_ulps = 0 }, {
    { { 4, 3 }, attrs = { dim = 1, start = 2, length = 2 } }, { { 4, 3 }, attrs = { dim = 2, start = 1, length = 2 } },
    { { 2, 4, 3 }, attrs = { dim = 2, start = 2, length = 2 } }, { { 3 }, attrs = { dim = 1, start = 4, length = 0 } },
    { { 1, 1 }, attrs = { dim = 1, start = 1, length = 1 } }, { { 0, 2 }, attrs = { dim = 2, start = 1, length = 1 } },
    { { 40, 70, 3 }, attrs = { dim = 2, start = 3, length = 60 }, large = true },
  })
  op.refuses("narrow", {
    { { 1, 2 }, attrs = { dim = 1, start = 0 }, code = "invalid",
      says = "narrow: dimension 1 wants a start of 1 to 3, got 0" },
    { { 1, 2 }, attrs = { dim = 1, start = 4 }, code = "invalid", says = "wants a start of 1 to 3, got 4" },
    { { 1, 2 }, attrs = { dim = 1, start = -3 }, code = "invalid", says = "got -3" },
    { { 1, 2 }, attrs = { dim = 1, start = 2, length = 2 }, code = "invalid",
      says = "narrow: dimension 1 wants a length of 0 to 1 from 2 on, got 2" },
    { { 1, 2 }, attrs = { dim = 1, start = 2, length = -2 }, code = "invalid", says = "got -2" },
    { { 1, 2 }, attrs = { dim = 2, start = 1 }, code = "shape", says = { "narrow", "got 2" } },
    { { 1, 2 }, attrs = { dim = 1 }, code = "invalid", says = { "narrow", "start" } },
  })

  it("shares storage along the first dimension alone", function()
    local x = ae.zeros { 3, 2 }
    x:narrow(1, 2, 1):fill_(1)
    assert.are.same({ 0, 0, 1, 1, 0, 0 }, values.flat(x))
    x:narrow(2, 1, 1):fill_(5)
    assert.are.same({ 0, 0, 1, 1, 0, 0 }, values.flat(x))
  end)
end)
