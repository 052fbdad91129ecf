-- Normalising layers, and those that drop channels. Values against PyTorch: convolution_spec.lua.
local ae = require "aelua"
local core = require "aelua.core"
local support = require "spec.support.nn"
local nn = ae.nn

local raises = support.raises

describe("BatchNorm", function()
  before_each(function() ae.seed(23) end)
  after_each(support.clean)

  it("keeps running statistics, Keras's way", function()
    local layer = nn.BatchNorm { momentum = 0.75 }
    local x = ae.tensor { { 1, 10 }, { 3, 30 } }
    layer:forward(x)
    support.near({ 0.25 * 2, 0.25 * 20 }, layer.running_mean)
    support.near({ 0.75 + 0.25 * 1, 0.75 + 0.25 * 100 }, layer.running_var)
    layer:forward(x)
    support.near({ 0.75 * 0.5 + 0.25 * 2, 0.75 * 5 + 0.25 * 20 }, layer.running_mean)
  end)

  it("has the statistics of Keras and PyTorch after some batches, and evaluates as they do", function()
    local file <close> = assert(io.open("spec/fixtures/batch_norm.json", "rb"))
    local case = core.json.decode(file:read("a"))
    local layer = nn.BatchNorm { momentum = case.momentum, epsilon = case.epsilon }
    layer:build { table.unpack(ae.tensor(case.held_out).shape, 2) }
    core.no_grad(function()
      layer.scale:copy_(ae.tensor(case.scale))
      layer.shift:copy_(ae.tensor(case.shift))
    end)
    for _, batch in ipairs(case.batches) do layer:forward(ae.tensor(batch)) end
    layer:eval()
    support.near(case.keras.mean, layer.running_mean)
    support.near(case.keras.var, layer.running_var)
    support.near(case.keras.evaluation, layer:forward(ae.tensor(case.held_out)))

    support.near(case.pytorch.mean, layer.running_mean)
    local count = #ae.tensor(case.batches[1]):reshape { -1 } / #case.scale
    local first = case.momentum ^ #case.batches -- what is left of the 1 that the variance began with
    support.near(case.pytorch.var, (layer.running_var - first) * (count / (count - 1)) + first)
    layer.running_var:copy_(ae.tensor(case.pytorch.var))
    support.near(case.pytorch.evaluation, layer:forward(ae.tensor(case.held_out)))
  end)

  it("uses them in evaluation mode, where nothing changes", function()
    local layer = nn.BatchNorm { epsilon = 0.5 }
    layer:build { 2 }
    layer.running_mean:copy_(ae.tensor { 1, 2 })
    layer.running_var:copy_(ae.tensor { 3.5, 8.5 })
    layer:eval()
    support.near({ { 0, 0 }, { 1, -1 } }, layer:forward(ae.tensor { { 1, 2 }, { 3, -1 } }))
    support.near({ 1, 2 }, layer.running_mean)
  end)

  it("saves them with the weights, and trains scale and shift alone", function()
    local model = ae.Autoencoder {
      input = { 4, 4, 2 },
      encoder = nn.Sequential { nn.Conv2d(4, 3, { padding = "same", bias = false }), nn.BatchNorm "relu" },
      decoder = nn.Sequential { nn.Conv2d(2, 3, { padding = "same", activation = "sigmoid" }) }, loss = "bce",
    }
    assert.equal(9 * 2 * 4 + 4 + 4 + 9 * 4 * 2 + 2, model:count_parameters())
    local x = ae.rand { 8, 4, 4, 2 }
    model:fit(x, { epochs = 2, batch_size = 4, verbose = 0 })
    assert.not_same({ 0, 0, 0, 0 }, model.encoder[2].running_mean:totable())
    local path = support.temporary(".safetensors")
    model:save(path)
    local again = ae.load_model(path)
    assert.same(model.encoder[2].running_var:totable(), again.encoder[2].running_var:totable())
    assert.same(model:reconstruct(x):reshape { -1 }:totable(), again:reconstruct(x):reshape { -1 }:totable())
    assert.equal("BatchNorm relu", again.encoder[2]:label())
  end)

  it("leaves its statistics alone while a model is built and shown", function()
    local layer = nn.BatchNorm()
    local model = ae.Autoencoder { input = { 4, 4, 1 }, encoder = layer, decoder = nn.Conv2d(1, 1) }
    model:summary()
    assert.same({ 0 }, layer.running_mean:totable())
    assert.same({ 1 }, layer.running_var:totable())
  end)
end)

describe("normalising layers", function()
  before_each(function() ae.seed(24) end)
  after_each(support.clean)

  it("are the same bits after saving and loading, and have mirror images", function()
    for _, layer in ipairs {
      nn.LayerNorm { dims = 2, epsilon = 1e-3 }, nn.GroupNorm(2, { shift = false }),
      nn.BatchNorm { momentum = 0.5, scale = false }, nn.SpatialDropout2d(0.25),
    } do
      local encoder = nn.Sequential { nn.Conv2d(4, 3, "relu"), layer }
      local model = ae.Autoencoder {
        input = { 6, 6, 1 }, encoder = encoder, decoder = ae.mirror(encoder, { activation = "sigmoid" }), loss = "bce",
      }
      local path = support.temporary(".safetensors")
      model:save(path)
      local again, x = ae.load_model(path), ae.rand { 3, 6, 6, 1 }
      assert.same(model:reconstruct(x):reshape { -1 }:totable(), again:reconstruct(x):reshape { -1 }:totable())
      assert.same(nn.describe(model), nn.describe(again))
    end
  end)

  it("refuse what does not fit", function()
    local function build(shape, layer) nn.Sequential { layer }:build(shape) end
    raises("%[1%] GroupNorm: 3 groups do not divide 4 channels", build, { 2, 4 }, nn.GroupNorm(3))
    raises("GroupNorm wants a number of groups", nn.GroupNorm)
    raises("%[1%] LayerNorm: wants samples of at least 3 dimensions, got %[4%]", build, { 4 }, nn.LayerNorm { dims = 3 })
    raises("BatchNorm: epsilon wants more than 0", nn.BatchNorm, { epsilon = 0 })
    raises("BatchNorm: momentum wants at most 1", nn.BatchNorm, { momentum = 2 })
    local layer = nn.BatchNorm()
    layer:build { 3, 4 }
    raises("wants %[4%] at the end, got %[3, 5%]", layer.build, layer, { 3, 5 })
  end)

  it("drop whole channels in training mode alone", function()
    local layer = nn.SpatialDropout2d(0.5)
    local x = ae.ones { 4, 3, 3, 8 }
    local means = layer:forward(x):mean { 2, 3 }:reshape { -1 }:totable()
    local seen = {}
    for _, value in ipairs(means) do seen[value] = true end
    assert.same({ [0] = true, [2] = true }, seen)
    layer:eval()
    assert.equal(x, layer:forward(x))
    raises("SpatialDropout2d wants a rate", nn.SpatialDropout2d, 1)
    raises("SpatialDropout2d: wants samples %[H, W, C%]", function()
      nn.Sequential { nn.SpatialDropout2d(0.5) }:build { 5 }
    end)
  end)
end)
