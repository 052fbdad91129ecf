local ae = require "aelua"
local core = require "aelua.core"
local op = require "spec.support.op"

local rows = op.i32 { 3, 1, 3 }

describe("gather_scaled", function()
  op.values("gather_scaled", {
    { op.u8 { { 0, 255 }, { 51, 102 }, { 1, 254 } }, rows,
      gives = { { 1 / 255, 254 / 255 }, { 0, 1 }, { 1 / 255, 254 / 255 } }, dtype = ae.real, rtol = 1e-7 },
    { ae.tensor { { 1.5, -2 }, { 0, 0 }, { 7, 300 } }, rows, gives = { { 7, 300 }, { 1.5, -2 }, { 7, 300 } }, dtype = ae.real },
    { op.i32 { 5, 6, -7 }, rows, gives = { -7, 5, -7 }, dtype = "i32" },
    { op.u8 { 10, 20, 30 }, ae.zeros({ 0 }, { dtype = "i32" }), gives = {}, name = "no rows" },
    { ae.zeros({ 3, 0 }, { dtype = "u8" }), rows, gives = ae.zeros(3, 0), name = "rows without elements" },
  })
  op.covers("gather_scaled", "compared", "u8 becomes k/255 correctly rounded in both builds, the rest is copied")
  op.refuses("gather_scaled", {
    { op.u8 { 1, 2 }, op.i32 { 3 }, code = "invalid", says = "gather_scaled: row 3 of 2" },
    { op.u8 { 1, 2 }, op.i32 { 0 }, code = "invalid", says = "row 0 of 2" },
    { op.u8 { 1, 2 }, op.i32 { -1 }, code = "invalid", says = "row -1 of 2" },
    { ae.zeros({ 0, 4 }, { dtype = "u8" }), op.i32 { 1 }, code = "invalid", says = "row 1 of 0" },
    { ae.tensor(1), op.i32 { 1 }, code = "shape", says = "wants a dimension of samples" },
    { op.u8 { 1 }, op.i32 { { 1 } }, code = "shape", says = "rows wants [n], got [1, 1]" },
    { op.u8 { 1 }, ae.tensor { 1 }, code = "type", says = "rows" },
  })

  it("gives the bits of ae.scaled, over many rows and threads", function()
    local x = ae.randint({ 1000, 61 }, 0, 255):to("u8")
    local order = ae.permutation(1000)
    local wanted = ae.scaled(x):totable()
    local before = ae.threads()
    for _, threads in ipairs { 1, 2 } do
      ae.threads(threads)
      local got = core.ops.gather_scaled(x, order):totable()
      for i, row in ipairs(order:totable()) do assert.same(wanted[row], got[i]) end
    end
    ae.threads(before)
  end)
end)
