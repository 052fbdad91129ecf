local ae = require "aelua"
local op = require "spec.support.op"
local values = require "spec.support.values"

local function creates(name, cases)
  op.values(name, cases)
  op.covers(name, "compared", "it has no inputs")
end

describe("zeros and ones", function()
  creates("zeros", {
    { attrs = { shape = { 2, 2 } }, gives = { { 0, 0 }, { 0, 0 } } },
    { attrs = { shape = {} }, gives = 0, name = "a single number" },
    { attrs = { shape = { 0, 3 } }, gives = values.shaped({}, { 0, 3 }) },
    { attrs = { shape = { 2 }, dtype = "u8" }, gives = { 0, 0 }, dtype = "u8" },
  })
  creates("ones", {
    { attrs = { shape = { 2 } }, gives = { 1, 1 } },
    { attrs = { shape = { 2 }, dtype = "i32" }, gives = { 1, 1 }, dtype = "i32" },
  })
  op.refuses("zeros", {
    { code = "invalid", says = { "zeros", "shape" } },
    { attrs = { shape = { -1 } }, code = "shape", says = "zeros: wants sizes of at least 0, got -1" },
    { attrs = { shape = { 4611686018427387904, 4 } }, code = "overflow", says = "zeros" },
    { attrs = { shape = { 1, 1, 1, 1, 1, 1, 1, 1, 1 } }, code = "invalid", says = "zeros" },
    { attrs = { shape = { 2 }, dtype = "i64" }, code = "invalid", says = { "zeros", "dtype", "i64" } },
  })
end)

describe("full", function()
  creates("full", {
    { attrs = { shape = { 2 }, value = 2.5 }, gives = { 2.5, 2.5 } },
    { attrs = { shape = { 2 }, value = 255, dtype = "u8" }, gives = { 255, 255 }, dtype = "u8" },
    { attrs = { shape = { 1 }, value = -math.huge }, gives = { -math.huge } },
  })
  op.refuses("full", {
    { attrs = { shape = { 2 } }, code = "invalid", says = { "full", "value" } },
    { attrs = { shape = { 2 }, value = 256, dtype = "u8" }, code = "invalid",
      says = "full: value wants a whole number of 0 to 255 for u8, got 256" },
    { attrs = { shape = { 2 }, value = 0.5, dtype = "i32" }, code = "invalid", says = "full: value" },
    { attrs = { shape = { 2 }, value = 0 / 0, dtype = "i32" }, code = "invalid", says = "full: value" },
    { attrs = { shape = { 2 }, value = 2147483648, dtype = "i32" }, code = "invalid", says = "2147483647" },
  })
end)

describe("eye", function()
  creates("eye", {
    { attrs = { rows = 2 }, gives = { { 1, 0 }, { 0, 1 } } },
    { attrs = { rows = 2, columns = 3 }, gives = { { 1, 0, 0 }, { 0, 1, 0 } } },
    { attrs = { rows = 3, columns = 1, dtype = "u8" }, gives = { { 1 }, { 0 }, { 0 } }, dtype = "u8" },
    { attrs = { rows = 0 }, gives = values.shaped({}, { 0, 0 }) },
  })
  op.refuses("eye", {
    { attrs = { rows = -2 }, code = "shape", says = "eye" },
    { code = "invalid", says = { "eye", "rows" } },
  })
end)

describe("tensors like others", function()
  it("have their shape and type", function()
    local x = op.u8 { { 1, 2 } }
    assert.are.equal("u8", ae.zeros_like(x).dtype)
    assert.are.same({ 1, 2 }, ae.ones_like(x).shape)
    assert.are.same({ { 7, 7 } }, ae.full_like(x, 7):totable())
  end)
end)
