local ae = require "aelua"
local fails = require "spec.support.fails"
local metrics = require "aelua.train.metrics"
local values_of = require "spec.support.values"

describe("metrics", function()
  local prediction = ae.tensor { { 0, 0.5 }, { 1, 1 } }
  local target = ae.tensor { { 0, 0 }, { 0, 1 } }

  local function values(name) return metrics[name](prediction, target):totable() end
  local function near(expected, got)
    assert.equal(#expected, #got)
    for i, value in ipairs(expected) do assert.near(value, got[i], 1e-5) end
  end

  it("mse, one number per sample", function() near({ 0.125, 0.5 }, values "mse") end)
  it("mae", function() near({ 0.25, 0.5 }, values "mae") end)
  it("l2, the length of the error", function() near({ 0.5, 1 }, values "l2") end)
  it("psnr in dB for data in 0..1", function()
    near({ 10 * math.log(1 / 0.125, 10), 10 * math.log(2, 10) }, values "psnr")
  end)
  it("psnr of a perfect copy is 100 dB", function()
    assert.near(100, metrics.psnr(target, target)[1]:item(), 1e-3)
  end)

  it("psnr of data up to another peak", function()
    near({ 10 * math.log(4 / 0.125, 10), 10 * math.log(4 / 0.5, 10) },
      metrics.psnr(prediction, target, { peak = 2 }):totable())
  end)

  it("psnr, ssim and ms_ssim as TensorFlow has them", function()
    local file <close> = assert(io.open("spec/fixtures/similarity.json", "rb"))
    local fixtures = require("aelua.core").json.decode(file:read("a"))
    for _, name in ipairs { "psnr", "ssim", "ms_ssim" } do
      for _, case in ipairs(fixtures["tensorflow " .. name]) do
        local y, x = values_of.shaped(case.pictures[1].values, case.pictures[1].shape),
          values_of.shaped(case.pictures[2].values, case.pictures[2].shape)
        values_of.assert_values(metrics[name](y, x, case.options), case.value.values, case.value.shape, { rtol = 2e-5 })
      end
    end
  end)

  it("take options beside their name", function()
    local list = metrics.resolve("fit", { { "psnr", peak = 2 }, { name = "ssim", window = 3 } })
    assert.equal("psnr", list[1].name)
    assert.near((10 * math.log(4 / 0.125, 10) + 10 * math.log(4 / 0.5, 10)) / 2, metrics.value(list[1], prediction, target), 1e-4)
    assert.near(1, metrics.value(list[2], ae.ones(2, 3, 4, 1), ae.ones(2, 3, 4, 1)), 1e-6)
    local function refused(pattern, wanted) assert.error_matches(function() metrics.resolve("fit", wanted) end, pattern) end
    refused("fit: metric ssim has no option 'windw'; did you mean 'window'", { { "ssim", windw = 3 } })
    refused("fit: metric mse has no options", { { "mse", peak = 1 } })
    refused("fit: metric psnr stands there twice", { "psnr", { "psnr", peak = 2 } })
    refused("fit: no metric 'sim'; did you mean 'ssim'", { "sim" })
  end)

  it("resolves names and functions in a stable order", function()
    local list = metrics.resolve("fit", { "psnr", "mse", zeta = print, alpha = print })
    local found = {}
    for i, metric in ipairs(list) do found[i] = metric.name end
    assert.same({ "psnr", "mse", "alpha", "zeta" }, found)
  end)

  it("wants numbers or tensors from a function", function()
    local list = metrics.resolve("fit", { bad = function() return "no" end })
    assert.has_error(function() metrics.value(list[1], prediction, target) end)
  end)

  it("without options take none", function()
    for _, name in ipairs { "mse", "mae", "l2" } do
      fails("invalid", ("metrics.%s takes a prediction and a target, got a further table"):format(name),
        function() metrics[name](prediction, target, {}) end)
    end
  end)
end)
