local ae = require "aelua"
local core = require "aelua.core"
local op = require "spec.support.op"
local values = require "spec.support.values"

describe("index", function()
  op.values("index", {
    { { { 1, 2 }, { 3, 4 }, { 5, 6 } }, op.i32 { 3, 1, 3 }, gives = { { 5, 6 }, { 1, 2 }, { 5, 6 } } },
    { { { 1, 2 }, { 3, 4 }, { 5, 6 } }, op.i32 { -1 }, gives = { { 5, 6 } }, name = "from the end" },
    { { { 1, 2, 3 }, { 4, 5, 6 } }, op.i32 { 3, 1 }, attrs = { dim = 2 }, gives = { { 3, 1 }, { 6, 4 } } },
    { { 7, 8, 9 }, op.i32 { { 1, 2 }, { 3, 1 } }, gives = { { 7, 8 }, { 9, 7 } }, name = "places of two dimensions" },
    { { { 1, 2 }, { 3, 4 } }, values.shaped({ 2 }, {}, "i32"), gives = { 3, 4 }, name = "one place" },
    { op.u8 { { 1, 2 }, { 3, 4 } }, op.i32 { 2 }, gives = { { 3, 4 } }, dtype = "u8" },
    { { { 1, 2 } }, values.shaped({}, { 0 }, "i32"), gives = values.shaped({}, { 0, 2 }), name = "no places" },
    { values.shaped({}, { 2, 0 }), op.i32 { 2 }, gives = { {} } },
  })
  op.random("index", { ulps = 0, grad_ulps = 4 }, {
    { { 4, 3 }, { 6, low = 1, high = 4, dtype = "i32" } },
    { { 4, 3 }, { 2, 2, low = -3, high = -1, dtype = "i32" }, attrs = { dim = 2 } },
    { { 2, 3, 4 }, { 5, low = 1, high = 3, dtype = "i32" }, attrs = { dim = 2 } },
    { { 1 }, { 1, low = 1, high = 1, dtype = "i32" } },
    { { 3 }, { 0, dtype = "i32" } }, { { 0, 2 }, { 0, dtype = "i32" } },
    { { 50, 70 }, { 400, low = 1, high = 50, dtype = "i32" }, large = true },
  })
  op.refuses("index", {
    { { 1, 2 }, op.i32 { 1, 3 }, code = "invalid",
      says = "index: wants places of 1 to 2 (negative: from the end), got 3 at number 2" },
    { { 1, 2 }, op.i32 { 0 }, code = "invalid", says = "got 0 at number 1" },
    { { 1, 2 }, op.i32 { -3 }, code = "invalid", says = "got -3" },
    { { 1, 2 }, { 1 }, code = "type", says = "index: places wants i32, got f" },
    { { 1, 2 }, op.i32 { 1 }, attrs = { dim = 2 }, code = "shape", says = { "index", "got 2" } },
    { values.shaped({ 1 }, {}), op.i32 { 1 }, code = "shape", says = "no dimensions" },
    { values.shaped({ 1 }, { 1, 1, 1, 1, 1, 1, 1, 1 }), op.i32 { { 1 } }, code = "shape",
      says = "index: wants 0 to 8 dimensions, got 9" },
  })

  it("adds gradients of the same bits with any number of threads", function()
    local threads = core.threads()
    local places = ae.randint({ 30000 }, 1, 1000)
    local g = ae.randn { 30000, 20 }
    local function gradient(n)
      core.threads(n)
      local x = ae.zeros { 1000, 20 }
      x:require_grad(true)
      x:index(places):backward(g)
      core.threads(threads)
      return values.flat(x.grad)
    end
    assert.are.same(gradient(1), gradient(2))
  end)
end)
