local ae = require "aelua"
local op = require "spec.support.op"

local exact = { ulps = 0, grad_ulps = 0 }

local function list(...) return { list = { ... } } end

describe("concat", function()
  op.values("concat", {
    { list({ 1, 2 }, { 3 }), gives = { 1, 2, 3 } },
    { list({ { 1, 2 }, { 3, 4 } }, { { 5 }, { 6 } }), attrs = { dim = 2 }, gives = { { 1, 2, 5 }, { 3, 4, 6 } } },
    { list({ { 1, 2 } }), gives = { { 1, 2 } }, name = "one tensor" },
  })
  it("takes u8, i32 and empty tensors", function()
    local bytes = ae.concat { op.u8 { 1, 2 }, op.u8 { 3 } }
    assert.are.equal("u8", bytes.dtype)
    assert.are.same({ 1, 2, 3 }, bytes:totable())
    assert.are.same({ 1, 2 }, ae.concat({ op.i32 { 1 }, op.i32 { 2 } }):totable())
    assert.are.same({ 2, 3 }, ae.concat({ ae.zeros { 0, 3 }, ae.zeros { 2, 3 } }).shape)
  end)
  op.random("concat", exact, {
    { list({ 2, 3 }, { 1, 3 }, { 4, 3 }) }, { list({ 2, 3 }, { 2, 1 }), attrs = { dim = 2 } },
    { list({ 2, 3, 2 }, { 2, 0, 2 }, { 2, 1, 2 }), attrs = { dim = -2 } }, { list({ 1 }) }, { list({ 0 }, { 0 }) },
    { list({ 300, 70 }, { 300, 41 }), attrs = { dim = 2 }, large = true },
  })
  op.refuses("concat", {
    { list({ 1 }, { { 1 } }), code = "shape",
      says = "concat: wants shapes like [1] but for dimension 1, got [1, 1] as number 2" },
    { list({ { 1, 2 } }, { { 1 } }), code = "shape", says = { "concat", "[1, 2]", "[1, 1] as number 2" } },
    { list({ 1 }), attrs = { dim = 2 }, code = "shape", says = { "concat", "got 2" } },
  })
  it("refuses tensors of several types, and none", function()
    local fine, err = pcall(ae.concat, { ae.tensor { 1 }, op.u8 { 1 } })
    assert(not fine and err.code == "type" and err.message:find("concat: wants tensors of one type", 1, true))
    fine, err = pcall(ae.concat, {})
    assert(not fine and err.message:find("concat", 1, true))
  end)
end)

describe("stack", function()
  op.values("stack", {
    { list({ 1, 2 }, { 3, 4 }), gives = { { 1, 2 }, { 3, 4 } } },
    { list({ 1, 2 }, { 3, 4 }), attrs = { dim = 2 }, gives = { { 1, 3 }, { 2, 4 } } },
    { list({ 1, 2 }), attrs = { dim = -1 }, gives = { { 1 }, { 2 } } },
  })
  op.random("stack", exact, {
    { list({ 2, 3 }, { 2, 3 }) }, { list({ 2, 3 }, { 2, 3 }, { 2, 3 }), attrs = { dim = 2 } }, { list({}, {}) },
    { list({ 2, 3 }, { 2, 3 }), attrs = { dim = -1 } }, { list({ 0 }, { 0 }) },
  })
  op.refuses("stack", {
    { list({ 1 }, { 1, 2 }), code = "shape",
      says = "stack: wants tensors of one shape, got [1] first and [2] as number 2" },
    { list({ 1 }), attrs = { dim = 3 }, code = "shape", says = { "stack", "got 3" } },
  })
end)
