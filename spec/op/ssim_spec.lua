local ae = require "aelua"
local core = require "aelua.core"
local op = require "spec.support.op"
local values = require "spec.support.values"

describe("ssim", function()
  local dark, bright = ae.full({ 1, 3, 3, 1 }, 0.25), ae.full({ 1, 3, 3, 1 }, 0.75)
  local c1, c2 = 0.01 ^ 2, 0.03 ^ 2
  op.values("ssim", {
    { dark, dark, attrs = { window = 3 }, outputs = { { { 1 } }, { { 1 } } }, rtol = 1e-6, name = "the same" },
    { dark, bright, attrs = { window = 3 }, rtol = 1e-5, name = "flat: luminance alone",
      outputs = { { { (2 * 0.1875 + c1) / (0.625 + c1) } }, { { 1 } } } },
    -- A window of one pixel has no variance.
    { { { { { 0.5, 0.25 } } } }, { { { { 1, 0.25 } } } }, attrs = { window = 1 }, rtol = 1e-5, name = "by channel",
      outputs = { { { (1 + c1) / (1.25 + c1), 1 } }, { { 1, 1 } } } },
    -- Two taps: weights 1/2 and 1/2; opposite slopes have the covariance -1/4 * (1/2)^2.
    { { { { { 0 }, { 0.5 } } , { { 0 }, { 0.5 } } } }, { { { { 0.5 }, { 0 } }, { { 0.5 }, { 0 } } } },
      attrs = { window = 2 }, rtol = 1e-5, name = "opposite",
      outputs = { { { (-0.125 + c2) / (0.125 + c2) } }, { { (-0.125 + c2) / (0.125 + c2) } } } },
  })
  op.fixtures("ssim", "similarity", { rtol = op.is_double and 1e-9 or 1e-4, atol = op.is_double and 1e-10 or 1e-5 })
  local small = { window = 3, sigma = 0.8 }
  op.random("ssim", { low = 0.1, high = 1, ulps = 4096, grad_ulps = 4096, gradcheck = { eps = op.is_double and 1e-6 or 1e-3 } }, {
    { { 2, 5, 4, 1 }, { 2, 5, 4, 1 }, attrs = small }, { { 1, 3, 7, 2 }, { 1, 3, 7, 2 }, attrs = small },
    { { 3, 4, 3, 3 }, { 3, 4, 3, 3 }, attrs = { window = 2, range = 2, k1 = 0.05, k2 = 0.1 } },
    { { 1, 12, 11, 1 }, { 1, 12, 11, 1 } },
    { { 0, 5, 4, 1 }, { 0, 5, 4, 1 }, attrs = small }, { { 2, 5, 4, 0 }, { 2, 5, 4, 0 }, attrs = small },
    { { 9, 28, 28, 3 }, { 9, 28, 28, 3 }, large = true },
  })
  local p = ae.ones(1, 11, 12, 1)
  op.refuses("ssim", {
    { ae.ones(2, 12), ae.ones(2, 12), code = "shape", says = "ssim: prediction wants pictures [N,H,W,C], got [2, 12]" },
    { p, ae.ones(1, 12, 11, 1), code = "shape",
      says = { "ssim: target wants prediction's shape, [1, 11, 12, 1]", "[1, 12, 11, 1]" } },
    { ae.ones(1, 8, 12, 1), ae.ones(1, 8, 12, 1), code = "shape",
      says = "ssim: a window of 11 wants pictures of at least 11 x 11, got [1, 8, 12, 1]; window takes a smaller one" },
    { p, p, attrs = { window = 0 }, code = "invalid", says = "ssim: window wants 1 to 255, got 0" },
    { p, p, attrs = { window = 256 }, code = "invalid", says = "ssim: window wants 1 to 255" },
    { p, p, attrs = { sigma = 0 }, code = "invalid", says = "ssim: sigma must be greater than 0 and finite, got 0" },
    { p, p, attrs = { range = 1 / 0 }, code = "invalid", says = "ssim: range must be" },
    { p, op.u8 { 1 }, code = "type", says = "ssim: target wants" },
  })

  it("gives the gradient of either result alone, and of both", function()
    ae.seed(3)
    local x, y = ae.rand(2, 6, 5, 2), ae.rand(2, 6, 5, 2)
    local function gradient(similarity, structure)
      local input = x:clone():require_grad()
      local a, b = core.ops.ssim(input, y, small)
      local total = (similarity and a:sum() or 0) + (structure and b:sum() * 3 or 0)
      total:backward()
      return input.grad
    end
    local sum = gradient(true) + gradient(false, true)
    values.assert_values(gradient(true, true), values.flat(sum), { 2, 6, 5, 2 }, { rtol = 1e-4, atol = 1e-6 })
  end)

  it("stays finite where a picture is flat and far out of range", function()
    local flat = ae.full({ 1, 12, 12, 1 }, 3000.1):require_grad()
    local similarity = core.ops.ssim(flat, ae.full({ 1, 12, 12, 1 }, 2999.7))
    similarity:sum():backward()
    assert.equal(1, similarity:isfinite():min():item())
    assert.equal(1, flat.grad:isfinite():min():item())
  end)

  it("gives the same bits whatever the number of threads", function()
    local before = core.threads()
    finally(function() core.threads(before) end)
    ae.seed(4)
    local x, y = ae.rand(40, 28, 28, 1):require_grad(), ae.rand(40, 28, 28, 1)
    local function run(threads)
      core.threads(threads)
      x:zero_grad()
      local similarity = core.ops.ssim(x, y)
      similarity:mean():backward()
      return values.flat(similarity), values.flat(x.grad)
    end
    local one, one_gradient = run(1)
    local two, two_gradient = run(2)
    assert.same(one, two)
    assert.same(one_gradient, two_gradient)
  end)
end)
