local ae = require "aelua"
local core = require "aelua.core"
local op = require "spec.support.op"

describe("normal_log_prob", function()
  local half_log_2pi = 0.5 * math.log(2 * math.pi)
  op.values("normal_log_prob", {
    { { { 0, 0 } }, { { 0, 0 } }, { { 0, 0 } }, gives = { -2 * half_log_2pi } },
    { { { 3 }, { 1 } }, { 1 }, { math.log(4) }, gives = { -0.5 - math.log(2) - half_log_2pi, -math.log(2) - half_log_2pi } },
    { { 1, 2 }, ae.tensor(0), ae.tensor(0), attrs = { event = 0 }, gives = { -0.5 - half_log_2pi, -2 - half_log_2pi } },
  })
  op.fixtures("normal_log_prob", "dist", { rtol = op.is_double and 1e-9 or 2e-5, atol = op.is_double and 1e-10 or 5e-6 })
  op.random("normal_log_prob", { ulps = 64 }, {
    { { 3, 4 }, { 3, 4 }, { 3, 4 } },
    { { 3, 1, 4 }, { 5, 4 }, { 5, 4 } },
    { { 2, 3, 4 }, { 3, 4 }, { 1, 4 } },
    { { 4 }, { 3, 4 }, { 2, 1, 4 } },
    { { 2, 1, 3, 2 }, { 4, 3, 2 }, { 1, 1, 3, 2 }, attrs = { event = 2 } },
    { { 3, 1 }, { 4 }, {}, attrs = { event = 0 } },
    { { 5 }, { 5 }, { 5 } },
    { { 0, 4 }, { 1, 4 }, { 4 } },
    { { 2, 0 }, { 2, 0 }, { 1, 0 } },
    { { 3, 40 }, { 3, 40 }, { 3, 40 } },
    { { 130, 1, 40 }, { 60, 40 }, { 60, 40 }, large = true },
    { { 70, 1500 }, { 70, 1500 }, { 70, 1500 }, large = true },
  })

  local m = { { 1, 2 }, { 3, 4 } }
  op.refuses("normal_log_prob", {
    { m, { { 1, 2, 3 } }, m, code = "shape",
      says = "normal_log_prob: mean wants the last 1 dimensions of x, [2, 2], got [1, 3]" },
    { m, m, { { 1, 2 }, { 1, 2 }, { 1, 2 } }, code = "shape", says = { "normal_log_prob", "[2]", "[3]" } },
    { m, ae.tensor(1), m, code = "invalid", says = "event wants 0 to 0 dimensions of mean, got 1" },
    { m, m, m, attrs = { event = -1 }, code = "invalid", says = "event wants 0 to 2 dimensions of x, got -1" },
  })

  it("does not depend on the number of threads", function()
    local threads = core.threads()
    ae.seed(2)
    local x, mean, logvar = ae.randn(150, 1, 20), ae.randn(90, 20):require_grad(true), ae.randn(90, 20):require_grad(true)
    local function run(count)
      core.threads(count)
      mean:zero_grad()
      logvar:zero_grad()
      local y = core.ops.normal_log_prob(x, mean, logvar)
      y:backward(ae.ones(150, 90))
      return y:detach(), mean.grad:clone(), logvar.grad:clone()
    end
    local one, other = { run(1) }, { run(2) }
    core.threads(threads)
    for i = 1, 3 do assert.are.equal(0, (one[i] - other[i]):abs():max():item()) end
  end)
end)
