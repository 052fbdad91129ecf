local ae = require "aelua"
local core = require "aelua.core"
local support = require "spec.support.nn"
local nn = ae.nn

local raises = support.raises

local function fixtures(name)
  local file <close> = assert(io.open("spec/fixtures/" .. name .. ".json", "rb"))
  return core.json.decode(file:read("a"))
end

local function bits(a, b)
  assert.same(a.shape, b.shape)
  assert.same(a:reshape { -1 }:totable(), b:reshape { -1 }:totable())
end

describe("convolution and pooling layers", function()
  before_each(function() ae.seed(21) end)
  after_each(support.clean)

  local function check(case)
    local layer = nn[case.layer](table.unpack(case.arguments))
    local x = ae.tensor(case.input):require_grad(true)
    local built = layer:build { table.unpack(x.shape, 2) }
    local parameters = layer:parameters()
    assert.equal(#case.parameters, #parameters, case.name)
    core.no_grad(function()
      for i, values in ipairs(case.parameters) do parameters[i]:copy_(ae.tensor(values)) end
    end)
    local y = layer:forward(x)
    assert.same({ table.unpack(y.shape, 2) }, built, case.name)
    support.near(case.output, y, case.name)
    y:backward(ae.tensor(case.output_gradient))
    support.near(case.input_gradient, x.grad, case.name .. ", input")
    for i, values in ipairs(case.gradients) do
      support.near(values, parameters[i].grad, ("%s, parameter %d"):format(case.name, i))
    end
  end

  it("compute what PyTorch computes, forward and backward", function()
    for _, case in ipairs(fixtures "conv_layers") do check(case) end
  end)

  it("compute what Keras computes, forward and backward", function()
    for _, case in ipairs(fixtures "keras_layers") do check(case) end
  end)

  it("are the same bits after saving and loading", function()
    for _, layer in ipairs {
      nn.Conv2d(3, 3, { stride = 2, padding = { 1, 0, 2, 1 }, dilation = 1, activation = { "leaky_relu", slope = 0.3 } }),
      nn.ConvTranspose2d(3, { 2, 3 }, { stride = 2, output_padding = { 1, 0 }, weight_init = "he_normal" }),
      nn.DepthwiseConv2d(3, { multiplier = 2, l2 = 0.1, activation = nn.Softmax(2) }),
      nn.SeparableConv2d(3, 3, { padding = "same", activation = "gelu", bias = false }),
      nn.Residual { nn.Conv2d(2, 3, "tanh"), nn.ConvTranspose2d(2, 3) },
      nn.MaxPool2d(3, { stride = 2, padding = "same" }), nn.AvgPool2d({ 2, 1 }, { padding = { 1, 0 }, count_padding = true }),
      nn.GlobalAvgPool2d(), nn.UpSampling2d(2, { mode = "bilinear", align_corners = true }), nn.PixelUnshuffle(1),
      nn.PixelShuffle(1), nn.ZeroPad2d { 1, 0, 2, 1 }, nn.Crop2d(1),
    } do
      local encoder = nn.Sequential { layer, nn.Flatten() }
      local model = ae.Autoencoder {
        input = { 6, 5, 2 }, encoder = encoder, decoder = nn.Dense({ 6, 5, 2 }, "sigmoid"), loss = "bce",
      }
      local path = support.temporary(".safetensors")
      model:save(path)
      local x = ae.rand { 3, 6, 5, 2 }
      local again = ae.load_model(path)
      bits(model:reconstruct(x), again:reconstruct(x))
      assert.same(nn.describe(model), nn.describe(again))
      assert.equal(model:summary(), again:summary())
    end
  end)

  it("are the same bits in a trained network, saved and loaded, and it trains on alike", function()
    local model = ae.Autoencoder {
      input = { 28, 28, 1 }, loss = "bce",
      encoder = nn.Sequential {
        nn.Conv2d(8, 3, { stride = 2, padding = "same", bias = false }), nn.BatchNorm "relu",
        nn.SeparableConv2d(12, 3, { padding = "same", activation = "relu" }), nn.MaxPool2d(2), nn.GroupNorm(3),
      },
      decoder = nn.Sequential {
        nn.ConvTranspose2d(8, 3, { stride = 2, padding = "same", activation = "relu" }), nn.Conv2d(4, 3, { padding = "same" }),
        nn.PixelShuffle(2), "sigmoid",
      },
    }
    local x, path = ae.rand { 32, 28, 28, 1 }, support.temporary(".safetensors")
    local function train(which) which:fit(x, { epochs = 1, batch_size = 16, shuffle = false, verbose = 0 }) end
    train(model)
    model:save(path)
    local again = ae.load_model(path)
    bits(model:encode(x), again:encode(x))
    bits(model:reconstruct(x), again:reconstruct(x))
    local fresh = ae.load_model(path)
    train(again)
    train(fresh)
    bits(again:reconstruct(x), fresh:reconstruct(x))
  end)

  it("draw weights from Keras's fans", function()
    local asked
    local function note(shape, fan_in, fan_out)
      asked = { fan_in, fan_out }
      return ae.zeros(shape)
    end
    local function fans(layer)
      layer:build(layer.sides == 1 and { 8, 6 } or { 8, 8, 6 })
      return asked
    end
    assert.same({ 9 * 6, 9 * 4 }, fans(nn.Conv2d(4, 3, { weight_init = note, bias = false })))
    assert.same({ 9 * 3, 9 * 4 }, fans(nn.Conv2d(4, 3, { weight_init = note, bias = false, groups = 2 })))
    assert.same({ 5 * 6, 5 * 4 }, fans(nn.Conv1d(4, 5, { weight_init = note, bias = false })))
    assert.same({ 9 * 4, 9 * 6 }, fans(nn.ConvTranspose2d(4, 3, { weight_init = note, bias = false })))
    assert.same({ 9 * 6, 9 * 2 }, fans(nn.DepthwiseConv2d(3, { weight_init = note, bias = false, multiplier = 2 })))
  end)

  it("count their penalties", function()
    local layer = nn.Conv2d(2, 1, { weight_init = "ones", bias = false, l1 = 0.5, l2 = 0.25, activity_l1 = 2 })
    layer:forward(ae.ones { 3, 2, 2, 1 })
    local penalties = layer:penalties()
    support.near(0.5 * 2, penalties.l1)
    support.near(0.25 * 2, penalties.l2)
    support.near(2 * 8, penalties.activity_l1)
  end)

  it("hand a last sigmoid to the loss", function()
    for _, layer in ipairs {
      nn.Conv2d(1, 3, { padding = "same", activation = "sigmoid" }), nn.SeparableConv2d(1, 3, { activation = "sigmoid" }),
      nn.ConvTranspose2d(1, 3, "sigmoid"),
    } do
      assert.equal("sigmoid", layer:output_activation())
      local x = ae.randn { 2, 4, 4, 2 }
      support.near(layer:forward(x):totable(), layer:forward_logits(x):sigmoid())
    end
    assert.is_nil(nn.Conv2d(1, 3, "relu"):output_activation())
  end)

  it("refuse what does not fit, naming the layer", function()
    local function build(shape, layer) nn.Sequential { layer }:build(shape) end
    raises("Sequential%[1%] Conv2d: wants samples %[H, W, C%], got %[784%]; nn.Reshape", build, { 784 }, nn.Conv2d(4, 3))
    raises("Conv1d: wants samples %[T, C%], got %[8, 8, 1%]", build, { 8, 8, 1 }, nn.Conv1d(4, 3))
    raises("%[1%] Conv2d: the kernel covers 5 rows .*, x %[N, 4, 4, 3%] has 4", build, { 4, 4, 3 }, nn.Conv2d(4, 5))
    raises("%[1%] MaxPool2d: the window covers 9 rows", build, { 4, 4, 3 }, nn.MaxPool2d(9))
    raises("%[1%] Conv2d: 2 groups do not divide 3 channels", build, { 4, 4, 3 }, nn.Conv2d(4, 3, { groups = 2 }))
    raises("Conv2d: 3 groups do not divide 4 filters", nn.Conv2d, 4, 3, { groups = 3 })
    raises("Conv2d: padding wants .*got 'sme'", nn.Conv2d, 4, 3, { padding = "sme" })
    raises("Conv2d: stride wants .* at least 1, got 0", nn.Conv2d, 4, 3, { stride = 0 })
    raises("Conv2d: kernel wants an integer or {height, width}", nn.Conv2d, 4, { 3, 3, 3 })
    raises("Conv1d: kernel wants an integer of at least 1, got %[3, 3%]", nn.Conv1d, 4, { 3, 3 })
    raises("Conv2d wants a number of filters of at least 1, got 0", nn.Conv2d, 0, 3)
    raises("Conv2d has no option 'paddin'; did you mean 'padding'", nn.Conv2d, 4, 3, { paddin = "same" })
    raises("ConvTranspose2d: output_padding goes with padding", nn.ConvTranspose2d, 4, 3,
      { padding = "same", output_padding = 1 })
    raises("Residual: layers%[1%] Conv2d gives %[6, 6, 4%], where the input to add it to is %[8, 8, 4%]", build,
      { 8, 8, 4 }, nn.Residual { nn.Conv2d(4, 3) })
    raises("Sequential%[1%].depthwise DepthwiseConv2d: the kernel covers 9 rows", build, { 8, 8, 4 },
      nn.SeparableConv2d(4, 9))
    raises("%[1%] Crop2d: ", build, { 4, 4, 3 }, nn.Crop2d(2))
    raises("%[1%] Crop2d: ", build, { 4, 4, 3 }, nn.Crop2d(3))
    raises("%[1%] PixelShuffle: ", build, { 4, 4, 3 }, nn.PixelShuffle(2))
    raises("UpSampling2d: align_corners goes with mode", nn.UpSampling2d, 2, { align_corners = true })
    raises("ZeroPad2d: border wants an integer, {height, width}", nn.ZeroPad2d, "same")
    raises("Sequential%[2%] Conv2d: wants samples %[H, W, C%], got %[784%]", function()
      nn.Sequential { nn.Flatten(), nn.Conv2d(4, 3) }:forward(ae.zeros { 5, 28, 28, 1 })
    end)
    local layer = nn.Conv2d(4, 3)
    layer:build { 8, 8, 3 }
    raises("wants 3 channels, got %[8, 8, 2%]", layer.build, layer, { 8, 8, 2 })
    raises("[N,H,W,C]", layer.forward, layer, ae.zeros { 5, 784 })
  end)

  it("refuse sizes that overflow, naming the layer", function()
    local huge = 1 << 62
    local function build(shape, ...) nn.Sequential { ... }:build(shape) end
    local function overflow(name, shape, ...)
      local failure = raises(name .. ": .*more elements than 64 bits can count", build, shape, ...)
      assert.equal("overflow", failure.code)
    end
    for _, layer in ipairs {
      nn.Conv2d(huge, 3), nn.Conv2d(4, huge), nn.Conv2d(4, 3, { padding = (1 << 31) - 1 }), nn.ZeroPad2d(huge),
      nn.ConvTranspose2d(4, 3, { stride = 1 << 30 }), nn.ConvTranspose2d(huge, 3), nn.UpSampling2d(1 << 30),
      nn.DepthwiseConv2d(3, { multiplier = huge }), nn.DepthwiseConv2d(3, { multiplier = 1 << 60 }),
    } do
      overflow("Sequential%[1%] " .. layer.class_name, { 28, 28, 4 }, layer)
    end
    overflow("Sequential%[1%].pointwise Conv2d", { 28, 28, 4 }, nn.SeparableConv2d(huge, 3))
    overflow("Sequential%[1%] Conv1d", { 140, 2 }, nn.Conv1d(huge, 3))
    overflow("Sequential%[2%] UpSampling2d", { 28, 28, 1 }, nn.UpSampling2d(1 << 20), nn.UpSampling2d(1 << 20))
    raises("Conv2d: dilation wants 1 to 2147483647", build, { 28, 28, 1 }, nn.Conv2d(4, 3, { dilation = 1 << 40 }))
    raises("PixelShuffle: block wants 1 to 2147483647", build, { 28, 28, 4 }, nn.PixelShuffle(1 << 40))
  end)
end)
