local ae = require "aelua"
local core = require "aelua.core"
local op = require "spec.support.op"

describe("gradient_norm", function()
  op.values("gradient_norm", {
    { { 3, -4 }, gives = 5 },
    { { { 3, -40 }, { 0, 4 } }, attrs = { clip = 4 }, gives = math.sqrt(9 + 16 + 16) },
    { {}, gives = 0 },
    { { 1, 0 / 0 }, gives = 0 / 0 },
    { { 1, -math.huge }, gives = math.huge },
  })
  op.random("gradient_norm", { gradient = false }, { { { 1 } }, { { 17, 3 } }, { { 5000 } }, { { 100003 }, large = true } })
  op.refuses("gradient_norm", { { op.i32 { 1 }, code = "type", says = "gradient_norm: g wants" } })
  it("keeps its digits over many elements, whatever the threads", function()
    local before = ae.threads()
    for threads = 1, 3 do
      ae.threads(threads)
      assert.near(1, core.ops.gradient_norm(ae.full({ 1000003 }, 1e-3)):item() / math.sqrt(1000003 * 1e-6), 1e-6)
    end
    ae.threads(before)
  end)
end)
