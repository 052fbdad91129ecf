local ae = require "aelua"
local metrics = require "aelua.train.metrics"

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
end)
