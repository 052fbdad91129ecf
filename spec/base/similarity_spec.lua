-- Values of spec/fixtures/similarity.json: what TensorFlow has for the same pictures, in float.
local ae = require "aelua"
local core = require "aelua.core"
local similarity = require "aelua.base.similarity"
local support = require "spec.support.nn"
local values = require "spec.support.values"

local fixtures
local function cases(name)
  if not fixtures then
    local file <close> = assert(io.open("spec/fixtures/similarity.json", "rb"))
    fixtures = core.json.decode(file:read("a"))
  end
  return assert(fixtures["tensorflow " .. name])
end

local function tensors(case)
  local result = {}
  for i, entry in ipairs(case.pictures) do result[i] = values.shaped(entry.values, entry.shape) end
  return table.unpack(result)
end

local function agrees(name)
  for _, case in ipairs(cases(name)) do
    local y, x = tensors(case)
    local got = similarity[name](y, x, similarity.check(name, name, case.options))
    values.assert_values(got, case.value.values, case.value.shape, { rtol = 0, atol = 2e-5 })
  end
end

describe("similarity", function()
  it("of pictures is TensorFlow's ssim", function() agrees "ssim" end)
  it("over scales is TensorFlow's ssim_multiscale, odd sizes included", function() agrees "ms_ssim" end)

  it("over the five scales of the paper is TensorFlow's, of pictures of the smallest size", function()
    local case = cases("ms_ssim of patterns")[1]
    local h, w = case.size[1], case.size[2]
    local x, y = {}, {}
    for i = 0, h - 1 do
      x[i + 1], y[i + 1] = {}, {}
      for j = 0, w - 1 do
        local value = (i * j // 16 % 64 + (i + j) // 4 % 64) / 128
        x[i + 1][j + 1] = { value }
        y[i + 1][j + 1] = { 0.75 * value + (i * 5 + j * 3) % 32 / 128 }
      end
    end
    local o = similarity.check("ms_ssim", "ms_ssim")
    local got = similarity.ms_ssim(ae.tensor { y }, ae.tensor { x }, o)
    values.assert_values(got, case.value.values, { 1 }, { rtol = 0, atol = 2e-5 })
    support.raises("a window of 11 and 5 scales want pictures of at least 161 x 161, got %[1, 160, 164, 1%]; a smaller "
      .. "window or fewer weights", similarity.ms_ssim, ae.ones(1, 160, 164, 1), ae.ones(1, 160, 164, 1), o)
  end)

  it("over scales counts what is negative as 0, with no slope", function()
    local x = ae.tensor { { { { 0 }, { 1 } }, { { 1 }, { 0 } } } }
    local y = (1 - x):require_grad()
    local o = similarity.check("ms_ssim", "ms_ssim", { window = 2, weights = { 1 } })
    local value = similarity.ms_ssim(y, x, o)
    assert.equal(0, value[1]:item())
    value:sum():backward()
    support.near({ { { { 0 }, { 0 } }, { { 0 }, { 0 } } } }, y.grad)
  end)

  it("has the gradient", function()
    ae.seed(5)
    local o = similarity.check("ms_ssim", "ms_ssim", { window = 3, sigma = 1, weights = { 0.3, 0.7 } })
    local x = ae.rand(2, 6, 7, 2)
    local y = x * 0.6 + ae.rand(2, 6, 7, 2) * 0.4 -- alike enough that nothing is near 0
    local eps = ae.real == "f64" and 1e-6 or 1e-3
    assert(ae.gradcheck(function(a, b) return similarity.ms_ssim(a, b, o) end, y, x, { eps = eps }))
  end)

  it("refuses what is no tensor", function()
    local o = similarity.check("ms_ssim", "ms_ssim", { weights = { 1 }, window = 3 })
    support.raises("ms_ssim: prediction wants a tensor, got nothing", similarity.ms_ssim, nil, ae.rand(1, 4, 4, 1), o)
    support.raises("ssim: target wants a tensor, got 3", similarity.ms_ssim, ae.rand(1, 4, 4, 1), 3, o)
  end)

  it("refuses weights that are none", function()
    support.raises("who: weights wants a list of numbers", similarity.check, "who", "ms_ssim", { weights = {} })
    support.raises("who: weights wants numbers above 0, number 2 is %-1", similarity.check, "who", "ms_ssim",
      { weights = { 1, -1 } })
    support.raises("who has no option 'weights'", similarity.check, "who", "ssim", { weights = { 1 } })
  end)
end)
