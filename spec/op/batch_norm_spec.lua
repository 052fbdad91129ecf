local ae = require "aelua"
local core = require "aelua.core"
local channels = require "spec.support.channels"
local op = require "spec.support.op"
local values = require "spec.support.values"

describe("batch_norm", function()
  local x = { { 1, 10 }, { 3, 10 } } -- [2,2]: means 2 and 10, variances 1 and 0
  op.values("batch_norm", {
    { x, attrs = { epsilon = 1e-12 }, outputs = { { { -1, 0 }, { 1, 0 } }, { 2, 10 }, { 1, 0 } }, rtol = 1e-6 },
    { x, { 2, 5 }, { 0.5, -1 }, attrs = { epsilon = 1e-12, activation = "relu" },
      outputs = { { { 0, 0 }, { 2.5, 0 } }, { 2, 10 }, { 1, 0 } }, rtol = 1e-6 },
    { x, { 2, 5 }, { 0.5, -1 }, { 1, 9 }, { 3, 0.25 }, attrs = { epsilon = 1 }, rtol = 1e-6, name = "evaluation",
      outputs = { { { 0.5, 5 / math.sqrt(1.25) - 1 }, { 2.5, 5 / math.sqrt(1.25) - 1 } }, { 1, 9 }, { 3, 0.25 } } },
  })
  op.fixtures("batch_norm", "pictures", { rtol = op.is_double and 1e-8 or 1e-4, atol = op.is_double and 1e-9 or 2e-5 })
  for _, activation in ipairs { "linear", "relu" } do
    local attrs = { activation = activation, epsilon = 0.01 }
    op.random("batch_norm", { ulps = 64, grad_ulps = 512, gradcheck = { eps = op.is_double and 1e-6 or 1e-3 } }, {
      { { 4, 3 }, { 3 }, { 3 }, attrs = attrs }, { { 2, 3, 2, 5 }, { 5 }, { 5 }, attrs = attrs },
      { { 5, 3 }, attrs = attrs }, { { 5, 2 }, { 2 }, attrs = attrs }, { { 5, 2 }, op.absent, { 2 }, attrs = attrs },
      { { 4, 3 }, { 3 }, { 3 }, { 3 }, { 3, low = 0.5, high = 2 }, attrs = attrs },
      { { 4, 3 }, op.absent, op.absent, { 3 }, { 3, low = 0.5, high = 2 }, attrs = attrs },
      { { 0, 3 }, { 3 }, { 3 }, { 3 }, { 3, low = 0.5, high = 2 }, attrs = attrs },
      { { 4, 0 }, { 0 }, { 0 }, attrs = attrs },
      { { 9, 28, 28, 33 }, { 33 }, { 33 }, attrs = { epsilon = 0.01 }, large = true },
      { { 70, 11, 7, 3 }, { 3 }, { 3 }, attrs = attrs, large = true },
      { { 6, 31, 200 }, { 200 }, { 200 }, attrs = attrs, large = true },
    })
  end
  for _, activation in ipairs { "linear", "relu" } do
    channels.each_as_alone("batch_norm", { 3, 5, 7 }, { activation = activation },
      op.is_double and { rtol = 1e-9, atol = 1e-12 } or { rtol = 2e-5, atol = 2e-5 })
  end
  op.refuses("batch_norm", {
    { 1, code = "type", says = "batch_norm: x wants a tensor" },
    { ae.ones {}, code = "shape", says = "batch_norm: x wants at least 1 dimension" },
    { x, { 1 }, code = "shape", says = "batch_norm: scale wants shape [2], as x has channels, got [1]" },
    { x, { 1, 1 }, { { 1, 1 } }, code = "shape", says = "batch_norm: shift wants shape [2]" },
    { x, op.absent, op.absent, { 1, 1 }, code = "invalid", says = "batch_norm: wants mean and var or neither, got mean alone" },
    { x, attrs = { var = ae.ones(2) }, code = "invalid", says = "got var alone" },
    { x, attrs = { epsilon = 0 }, code = "invalid", says = "batch_norm: epsilon must be greater than 0 and finite, got 0" },
    { x, attrs = { epsilon = 1 / 0 }, code = "invalid", says = "epsilon" },
    { ae.zeros(0, 2), code = "shape", says = "batch_norm: there are no rows to take mean and variance of, got [0, 2]" },
    { x, attrs = { activation = "tanh" }, code = "invalid", says = "relu" },
  })

  it("is exact where the mean is large against the deviation", function()
    local base = { 1000, 1000.5, 1001, 999.5, 999 }
    local list = {}
    for i = 1, 200 do list[i] = { base[i % 5 + 1] } end
    local _, mean, var = ae.batch_norm(ae.tensor(list))
    assert.near(1000, mean:item(), 1e-3)
    assert.near(0.5, var:item(), 1e-5)
  end)

  it("gives gradients through the statistics alone", function()
    local input = ae.tensor(x):require_grad(true)
    local _, mean, var = ae.batch_norm(input)
    local total = mean:sum() + var:sum()
    total:backward()
    values.assert_values(input.grad, { 0.5 - 1, 0.5, 0.5 + 1, 0.5 }, { 2, 2 })
  end)

  it("gives the same bits again, and close ones on other numbers of threads", function()
    local before = core.threads()
    finally(function() core.threads(before) end)
    ae.seed(1)
    local input, scale = ae.randn(90, 40, 33):require_grad(true), ae.randn(33):require_grad(true)
    local function run(threads)
      core.threads(threads)
      input:zero_grad()
      scale:zero_grad()
      local y = ae.batch_norm(input, scale)
      y:backward(y:detach() * 0.01)
      return { y, input.grad:clone(), scale.grad:clone() }
    end
    local one, three, again = run(1), run(3), run(3)
    for i = 1, 3 do
      assert.are.equal(0, (three[i] - again[i]):abs():max():item())
      assert.is_true((one[i] - three[i]):abs():max():item() <= 1e-4 * (1 + one[i]:abs():max():item()))
    end
  end)
end)
