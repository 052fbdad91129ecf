local ae = require "aelua"
local core = require "aelua.core"
local support = require "spec.support.nn"
local values = require "spec.support.values"

local nn = ae.nn
local loss, raises = nn.loss, support.raises

local small = { window = 3 }

describe("the similarity losses", function()
  before_each(function() ae.seed(6) end)

  local function pictures(n)
    local x = ae.rand(n, 6, 6, 1)
    return x * 0.7 + ae.rand(n, 6, 6, 1) * 0.3, x
  end

  it("are 1 less the similarity, reduced over pictures", function()
    local y, x = pictures(3)
    local each = 1 - (core.ops.ssim(y, x, small)):mean(2)
    local function value(reduction, weight)
      return loss.ssim(y, x, { window = 3, reduction = reduction, weight = weight })
    end
    local a, b, c = table.unpack(values.flat(each))
    support.near({ a, b, c }, value "per_sample")
    support.near((a + b + c) / 3, value())
    support.near((a + b + c) / 3, value "batchmean")
    support.near(a + b + c, value "sum")
    local weight = ae.tensor { 1, 0, 3 }
    support.near((a + 3 * c) / 4, value("mean", weight))
    support.near(a + 3 * c, value("sum", weight))
    support.near(0, value("mean", ae.zeros(3)))
    support.near(0, loss.ssim(x, x, small))
    support.near(0, loss.ms_ssim(x, x, { window = 3, weights = { 0.5, 0.5 } }))
  end)

  it("refuse what does not fit", function()
    local y, x = pictures(2)
    raises("ssim: a window of 11 wants pictures of at least 11 x 11", loss.ssim, y, x)
    raises("ms_ssim: .* at least 161 x 161", loss.ms_ssim, y, x)
    raises("ssim has no option 'windw'; did you mean 'window'", loss.ssim, y, x, { windw = 3 })
    raises("ssim has no option 'mask'", loss.ssim, y, x, { mask = x })
    raises("ssim: reduction wants one of mean, sum, batchmean, per_sample, got 'none'", loss.ssim, y, x,
      { window = 3, reduction = "none" })
    raises("ssim: weight wants a number for every sample, %[2%], got %[3%]", loss.ssim, y, x,
      { window = 3, weight = ae.ones(3) })
  end)

  it("are found by name, and are data", function()
    local y, x = pictures(2)
    local found = loss.get { "ssim", window = 3 }
    assert.near(loss.ssim(y, x, small):item(), found(y, x):item(), 1e-9)
    assert.same({ name = "ssim", window = 3 }, loss.describe(found))
    assert.equal("ms_ssim", loss.get(loss.ms_ssim).name)
    raises("fit: loss ssim has no option 'windw'", loss.get, { "ssim", windw = 3 }, "fit")
    raises("fit: loss ms_ssim: weights wants numbers above 0", loss.get, { "ms_ssim", weights = { 0 } }, "fit")
    raises("wants the reduction mean, sum or batchmean, got 'per_sample'", loss.get,
      { "ssim", reduction = "per_sample" }, "fit")
  end)

  it("train a model, are its metric, and go through its file", function()
    local function model()
      return ae.Autoencoder {
        input = { 6, 6, 1 }, loss = { "ssim", window = 3 }, metrics = { "psnr", { "ssim", window = 3 } },
        encoder = nn.Sequential { nn.Flatten(), nn.Dense(20, "relu") },
        decoder = nn.Sequential { nn.Dense({ 6, 6, 1 }, "sigmoid") },
      }
    end
    local _, x = pictures(16)
    local trained = model()
    local history = trained:fit(x, { epochs = 30, batch_size = 8, optimizer = ae.optim.Adam { lr = 0.01 }, verbose = 0 })
    assert.is_true(history:last().loss < 0.7 * history.epochs[1].loss)
    assert.near(1 - history:last().loss, history:last().ssim, 1e-5)
    local path = support.temporary ".safetensors"
    finally(support.clean)
    assert.is_nil(trained:save(path))
    assert.same(trained:evaluate(x), ae.load_model(path):evaluate(x))
  end)
end)

describe("total variation", function()
  local x = ae.tensor { { { { 0 }, { 3 } }, { { 4 }, { 4 } } } }

  it("sums the differences to the pixels below and to the right", function()
    support.near(4 + 3 + 1, loss.total_variation(x, { reduction = "sum" }))
    support.near({ 8 }, loss.total_variation(x, { reduction = "per_sample" }))
    support.near(8 / 4, loss.total_variation(x))
    assert.near(5 + 1, loss.total_variation(x, { isotropic = true, reduction = "sum" }):item(), 1e-5)
    support.near(0, loss.total_variation(ae.ones(2, 1, 1, 3)))
  end)

  it("is TensorFlow's, summed over a picture", function()
    local file <close> = assert(io.open("spec/fixtures/similarity.json", "rb"))
    for _, case in ipairs(core.json.decode(file:read("a"))["tensorflow total_variation"]) do
      local given = values.shaped(case.pictures[1].values, case.pictures[1].shape)
      values.assert_values(loss.total_variation(given, { reduction = "per_sample" }), case.value.values,
        case.value.shape, { rtol = 1e-6 })
    end
  end)

  it("has the gradient, finite where nothing changes", function()
    ae.seed(7)
    -- Far from the kink at 0: every pixel differs from its neighbours.
    local list = {}
    for i = 1, 24 do list[i] = i * 7 % 25 / 25 end
    local given = ae.tensor(list):reshape { 2, 3, 4, 1 }
    local eps = ae.real == "f64" and 1e-6 or 1e-3
    assert(ae.gradcheck(loss.total_variation, given, { eps = eps }))
    assert(ae.gradcheck(function(t) return loss.total_variation(t, { isotropic = true }) end, given, { eps = eps }))
    local flat = ae.ones(1, 3, 3, 1):require_grad()
    loss.total_variation(flat, { isotropic = true }):backward()
    support.near(0, flat.grad:abs():sum())
  end)

  it("refuses what are no pictures", function()
    raises("total_variation: wants pictures %[N,H,W,C%] that have a pixel, got %[3%]", loss.total_variation, ae.ones(3))
    raises("total_variation: wants pictures %[N,H,W,C%] that have a pixel, got nil", loss.total_variation)
    raises("that have a pixel, got %[1, 0, 4, 1%]", loss.total_variation, ae.ones(1, 0, 4, 1))
    raises("total_variation: wants f", loss.total_variation, values.u8 { { { { 1 } } } })
    raises("total_variation has no option 'isotopic'; did you mean 'isotropic'", loss.total_variation, x, { isotopic = true })
  end)
end)
