local ae = require "aelua"
local op = require "spec.support.op"
local values = require "spec.support.values"

local exact = { ulps = 0, grad_ulps = 0 }

local function shares(name, x, ...)
  local arguments = { ... }
  it("shares storage", function()
    local y = ae[name](x, table.unpack(arguments))
    y:fill_(7)
    for _, value in ipairs(values.flat(x)) do assert.are.equal(7, value) end
  end)
end

describe("reshape", function()
  op.values("reshape", {
    { { { 1, 2, 3 }, { 4, 5, 6 } }, attrs = { shape = { 3, 2 } }, gives = { { 1, 2 }, { 3, 4 }, { 5, 6 } } },
    { { { 1, 2, 3 }, { 4, 5, 6 } }, attrs = { shape = { -1 } }, gives = { 1, 2, 3, 4, 5, 6 } },
    { { { 1, 2, 3 }, { 4, 5, 6 } }, attrs = { shape = { 3, -1 } }, gives = { { 1, 2 }, { 3, 4 }, { 5, 6 } } },
    { { 8 }, attrs = { shape = {} }, gives = 8, name = "to a single number" },
    { values.shaped({ 8 }, {}), attrs = { shape = { 1, 1 } }, gives = { { 8 } } },
    { values.shaped({}, { 0, 3 }), attrs = { shape = { -1, 2 } }, gives = values.shaped({}, { 0, 2 }), name = "nothing" },
    { op.u8 { 1, 2 }, attrs = { shape = { 2, 1 } }, gives = { { 1 }, { 2 } }, dtype = "u8" },
  })
  op.random("reshape", exact, {
    { { 3, 4 }, attrs = { shape = { 2, 6 } } }, { {}, attrs = { shape = { 1 } } }, { { 1 }, attrs = { shape = {} } },
    { { 0, 3 }, attrs = { shape = { 3, 0 } } }, { { 5, 7 }, attrs = { shape = { -1 } } },
  })
  op.refuses("reshape", {
    { values.shaped({}, { 0, 128 }), attrs = { shape = { 3 } }, code = "shape",
      says = "reshape: 0 values do not fill [3] (3)" },
    { ae.zeros { 128 }, attrs = { shape = { 16, 16 } }, code = "shape",
      says = "reshape: 128 values do not fill [16, 16] (256)" },
    { { 1, 2, 3 }, attrs = { shape = { 2, -1 } }, code = "shape", says = "reshape: 3 values do not fill [2, -1]" },
    { values.shaped({}, { 0 }), attrs = { shape = { 0, -1 } }, code = "shape", says = "do not fill [0, -1]" },
    { { 1, 2 }, attrs = { shape = { -1, -1 } }, code = "invalid", says = "reshape: only one size can be -1" },
    { { 1, 2 }, attrs = { shape = { -2, -1 } }, code = "shape", says = "reshape: wants sizes of at least 0, got -2" },
    { { 1, 2 }, attrs = { shape = { 4611686018427387904, 4 } }, code = "overflow", says = "reshape" },
    { { 1, 2 }, attrs = { shape = { 2, "1" } }, code = "invalid", says = { "reshape", "shape" } },
    { { 1, 2 }, code = "invalid", says = { "reshape", "shape" } },
  })
  shares("reshape", ae.zeros { 2, 3 }, { 3, 2 })
end)

describe("flatten", function()
  op.values("flatten", {
    { { { { 1, 2 }, { 3, 4 } }, { { 5, 6 }, { 7, 8 } } }, gives = { 1, 2, 3, 4, 5, 6, 7, 8 } },
    { { { { 1, 2 }, { 3, 4 } }, { { 5, 6 }, { 7, 8 } } }, attrs = { first = 2 },
      gives = { { 1, 2, 3, 4 }, { 5, 6, 7, 8 } } },
    { { { { 1, 2 }, { 3, 4 } }, { { 5, 6 }, { 7, 8 } } }, attrs = { last = 2 },
      gives = { { 1, 2 }, { 3, 4 }, { 5, 6 }, { 7, 8 } } },
    { values.shaped({ 3 }, {}), gives = { 3 }, name = "a single number" },
    { values.shaped({}, { 0, 3 }), gives = {} },
  })
  op.random("flatten", exact, { { { 2, 3, 4 } }, { { 2, 3, 4 }, attrs = { first = -2 } }, { {} }, { { 1 } },
  { { 0, 2 } } })
  op.refuses("flatten", {
    { { { 1, 2 } }, attrs = { first = 3 }, code = "shape", says = { "flatten", "got 3" } },
    { { { 1, 2 } }, attrs = { first = 2, last = 1 }, code = "invalid",
      says = "flatten: first wants a dimension up to last" },
  })
  shares("flatten", ae.zeros { 2, 3 })
end)

describe("squeeze", function()
  op.values("squeeze", {
    { { { { 1 }, { 2 } } }, gives = { 1, 2 } },
    { { { { 1 }, { 2 } } }, attrs = { dims = 1 }, gives = { { 1 }, { 2 } } },
    { { { { 1 }, { 2 } } }, attrs = { dims = { 1, -1 } }, gives = { 1, 2 } },
    { { { 5 } }, gives = 5 },
  })
  op.random("squeeze", exact, { { { 2, 1, 3, 1 } }, { { 2, 1, 3, 1 }, attrs = { dims = 2 } }, { {} }, { { 1 } },
  { { 1, 0 } } })
  op.refuses("squeeze", {
    { { { 1, 2 } }, attrs = { dims = 2 }, code = "shape", says = "squeeze: wants size 1 in dimension 2, got [1, 2]" },
    { { { 1, 2 } }, attrs = { dims = 3 }, code = "shape", says = "squeeze" },
  })
  shares("squeeze", ae.zeros { 2, 1 })
end)

describe("unsqueeze", function()
  op.values("unsqueeze", {
    { { 1, 2 }, attrs = { dim = 1 }, gives = { { 1, 2 } } },
    { { 1, 2 }, attrs = { dim = 2 }, gives = { { 1 }, { 2 } } },
    { { 1, 2 }, attrs = { dim = -1 }, gives = { { 1 }, { 2 } } },
    { values.shaped({ 4 }, {}), attrs = { dim = 1 }, gives = { 4 } },
  })
  op.random("unsqueeze", exact, {
    { { 2, 3 }, attrs = { dim = 2 } }, { {}, attrs = { dim = 1 } }, { { 1 }, attrs = { dim = -2 } }, { { 0, 2 },
      attrs = { dim = 3 } } })
  op.refuses("unsqueeze", {
    { { 1, 2 }, attrs = { dim = 3 }, code = "shape", says = { "unsqueeze", "got 3" } },
    { values.shaped({ 1 }, { 1, 1, 1, 1, 1, 1, 1, 1 }), attrs = { dim = 1 }, code = "shape",
      says = "unsqueeze: wants at most 7" },
    { { 1, 2 }, code = "invalid", says = { "unsqueeze", "dim" } },
  })
  shares("unsqueeze", ae.zeros { 2, 3 }, 1)
end)
