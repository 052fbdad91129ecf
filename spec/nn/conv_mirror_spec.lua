-- Mirror images, tied weights and sizes of convolutional decoders.
local ae = require "aelua"
local support = require "spec.support.nn"
local nn = ae.nn

local raises = support.raises

local function with(list, encoder) return ae.Autoencoder { input = list, encoder = encoder[1], decoder = encoder[2] } end

describe("mirror of convolutions", function()
  before_each(function() ae.seed(22) end)
  after_each(support.clean)

  local function encoders()
    return {
      nn.Conv2d(4, 3, { stride = 2 }), nn.Conv2d(4, 3, { stride = 2, padding = "same", groups = 2 }),
      nn.Conv2d(4, 2, { stride = 3, padding = { 0, 1, 1, 0 }, dilation = 2 }), nn.Conv2d(4, 1, { stride = 3, padding = "same" }),
      nn.DepthwiseConv2d(3, { stride = 2, padding = 1, multiplier = 3, activation = "tanh" }),
      nn.SeparableConv2d(5, 3, { stride = 2, padding = "same" }), nn.Residual { nn.Conv2d(4, 3, { padding = "same" }) },
    }
  end

  it("gives the size of the input back, whatever it is", function()
    for _, shape in ipairs { { 9, 12, 4 }, { 8, 11, 4 }, { 13, 13, 4 } } do
      for _, tied in ipairs { false, true } do
        for _, layer in ipairs(encoders()) do
          local encoder = nn.Sequential { layer, nn.Conv2d(3, 2, "relu") }
          local decoder = ae.mirror(encoder, { tied = tied, activation = "sigmoid" })
          local model = with(shape, { encoder, decoder })
          assert.same(shape, model.output)
          local path = support.temporary(".safetensors")
          model:save(path)
          local x = ae.rand { 2, table.unpack(shape) }
          assert.same(model:reconstruct(x):reshape { -1 }:totable(),
            ae.load_model(path):reconstruct(x):reshape { -1 }:totable())
        end
      end
    end
  end)

  it("has the activations that the representations had", function()
    local encoder = nn.Sequential {
      nn.Conv2d(8, 3, { stride = 2, padding = "same", activation = "relu" }), nn.Conv2d(4, 3, { stride = 2, padding = "same" }),
    }
    encoder:build { 28, 28, 1 }
    local decoder = ae.mirror(encoder, { activation = "sigmoid" })
    assert.equal("ConvTranspose2d relu", decoder[1]:label())
    assert.equal("ConvTranspose2d sigmoid", decoder[2]:label())
    assert.equal("same", decoder[2].padding)
  end)

  it("of a transposed convolution is a convolution", function()
    local layer = nn.ConvTranspose2d(3, 3, { stride = 2, output_padding = 1, padding = 1 })
    local back = ae.mirror(nn.Sequential { layer })
    assert.same({ 5, 7, 2 }, back:build(nn.Sequential { layer }:build { 5, 7, 2 }))
    assert.equal("Conv2d", back[1]:label())
    local far = nn.Sequential { nn.ConvTranspose2d(3, 3, { dilation = 2, output_padding = 1 }) }
    far:build { 5, 7, 2 }
    raises("mirror: ConvTranspose2d with output_padding", ae.mirror, far)
  end)

  it("works along one side", function()
    local encoder = nn.Sequential { nn.Conv1d(8, 5, { stride = 3, activation = "relu" }) }
    for _, tied in ipairs { false, true } do
      local model = with({ 140, 2 }, { encoder, ae.mirror(encoder, { tied = tied }) })
      assert.same({ 140, 2 }, model.output)
    end
  end)

  it("repeats what was pooled, filled up or cut to the size", function()
    for _, shape in ipairs { { 8, 8, 2 }, { 9, 7, 2 } } do
      for _, layer in ipairs {
        nn.MaxPool2d(2), nn.AvgPool2d(2, { padding = "same" }), nn.MaxPool2d(3, { stride = 2 }), nn.MaxPool2d { 2, 3 },
        nn.ZeroPad2d(1), nn.Crop2d { 1, 0, 2, 1 }, nn.UpSampling2d(3),
      } do
        local encoder = nn.Sequential { nn.Conv2d(3, 3, { padding = "same", activation = "relu" }), layer, nn.Conv2d(4, 1) }
        local decoder = ae.mirror(encoder, { activation = "sigmoid" })
        assert.same(shape, with(shape, { encoder, decoder }).output)
        assert.equal("ConvTranspose2d relu", decoder[1]:label())
        assert.equal("ConvTranspose2d sigmoid", decoder[#decoder]:label())
      end
    end
    local signal = nn.Sequential { nn.MaxPool1d(3), nn.Conv1d(4, 3) }
    assert.same({ 140, 2 }, with({ 140, 2 }, { signal, ae.mirror(signal) }).output)
    local shuffled = nn.Sequential { nn.PixelUnshuffle(2), nn.Conv2d(3, 1) }
    assert.same({ 4, 6, 3 }, with({ 4, 6, 3 }, { shuffled, ae.mirror(shuffled) }).output)
  end)

  it("spreads a global mean over all places", function()
    for _, case in ipairs { { nn.GlobalAvgPool2d(), { 3, 4, 2 } }, { nn.GlobalAvgPool1d(), { 5, 2 } } } do
      local pool, shape = table.unpack(case)
      local model = with(shape, { pool, ae.mirror(pool) })
      local x = ae.rand { 3, table.unpack(shape) }
      local dims = #shape == 3 and { 2, 3 } or { 2 }
      support.near(x:mean(dims, true):expand(x.shape):totable(), model:reconstruct(x))
    end
    local encoder = nn.Sequential { nn.Conv2d(4, 3, "relu"), nn.GlobalAvgPool2d(), nn.Dense(2) }
    local decoder = ae.mirror(encoder, { activation = "sigmoid" })
    assert.same({ 7, 6, 1 }, with({ 7, 6, 1 }, { encoder, decoder }).output)
    assert.equal("Dense relu", decoder[1]:label())
  end)

  it("shares tied weights, whose gradients add up", function()
    local conv = nn.Conv2d(3, 3, { stride = 2, padding = "same", bias = false })
    local tied = nn.TiedConvTranspose2d(conv)
    raises("Conv2d it is tied to is not built yet", tied.build, tied, { 3, 3, 3 })
    local x = ae.randn { 2, 6, 6, 2 }
    local code = conv:forward(x)
    local y = tied:forward(code)
    support.near(ae.conv_transpose2d(code, conv.weight, nil, { stride = 2, padding = "same" }):totable(), y)
    assert.equal(1, #tied:parameters())
    assert.is_true(ae.gradcheck(function(w)
      return ae.conv_transpose2d(ae.conv2d(x, w, nil, { stride = 2, padding = "same" }), w, nil,
        { stride = 2, padding = "same" })
    end, conv.weight:detach():clone(), ae.real == "f64" and {} or { eps = 1e-2, rtol = 5e-2, atol = 5e-2 }))
    raises("TiedConvTranspose2d wants a Conv2d, got Dense", nn.TiedConvTranspose2d, nn.Dense(3))
  end)
end)

describe("a decoder that misses the size", function()
  local function up(padding) return nn.ConvTranspose2d(4, 3, { stride = 2, padding = padding }) end
  local function down() return nn.MaxPool2d(2, { padding = "same" }) end
  local function last() return nn.Conv2d(1, 3, { padding = "same" }) end

  local function fits(pattern, input, encoder, decoder)
    raises(pattern, with, input, { nn.Sequential(encoder), nn.Module.is(decoder) and decoder or nn.Sequential(decoder) })
  end

  it("is told which change would fit", function()
    fits("gives %[32, 32, 1%], the input is %[28, 28, 1%]; decoder%[1%] ConvTranspose2d would fit with "
      .. "padding = { 0, 2, 0, 2 }", { 28, 28, 1 }, { down(), down(), down() }, { up "same", up "same", up "same", last() })
    fits("decoder%[2%] ConvTranspose2d would fit with output_padding = 1", { 28, 28, 1 },
      { nn.Conv2d(4, 3, { stride = 2 }), nn.Conv2d(4, 3, { stride = 2 }) }, { up "valid", up "valid", last() })
    fits("decoder%[2%]%[1%] ConvTranspose2d would fit with padding = { 0, 1, 0, 2 }", { 28, 15, 1 },
      { down(), down() }, { up "same", nn.Sequential { up "same" }, last() })
  end)

  it("and the change does", function()
    local function cropped() return nn.ConvTranspose2d(4, 3, { stride = 2, padding = { 0, 2, 0, 2 } }) end
    local model = with({ 28, 28, 1 }, {
      nn.Sequential { down(), down(), down() }, nn.Sequential { cropped(), up "same", up "same", last() },
    })
    assert.same({ 28, 28, 1 }, model.output)
  end)

  it("is told of a crop where no layer can change", function()
    fits("gives %[32, 32, 1%], the input is %[28, 30, 1%]; nn.Crop2d { 0, 4, 0, 2 } at its end would fit", { 28, 30, 1 },
      { down(), down(), down() }, { nn.UpSampling2d(8), last() })
    local model = ae.Autoencoder {
      input = { 28, 30, 1 }, encoder = nn.Sequential { down(), down(), down() }, loss = "bce",
      decoder = nn.Sequential {
        nn.UpSampling2d(8), nn.Conv2d(1, 3, { padding = "same", activation = "sigmoid" }), nn.Crop2d { 0, 4, 0, 2 },
      },
    }
    assert.equal("sigmoid", model.decoder:output_activation())
    local code = ae.rand { 2, 4, 4, 1 }
    support.near(model.decoder:forward(code):totable(), model.decoder:forward_logits(code):sigmoid())
  end)

  it("is told of a stride, of padding or of an enlargement where that is what is missing", function()
    local function back() return nn.ConvTranspose2d(4, 3, { padding = "same" }) end
    fits("^.*Autoencoder: decoder%[3%] Conv2d gives %[14, 14, 1%], the input is %[28, 28, 1%]; "
      .. "decoder%[2%] ConvTranspose2d would fit with stride = 2$", { 28, 28, 1 }, { down(), down() },
      { up "same", back(), last() })
    fits("decoder%[1%] ConvTranspose2d would fit with stride = { 2, 1 }", { 28, 14, 1 }, { nn.MaxPool2d { 2, 1 } },
      { back(), last() })
    fits("decoder%[2%] Conv2d would fit with padding = \"same\"", { 28, 28, 1 }, { down(), down() },
      { nn.UpSampling2d(2), nn.Conv2d(4, 3), nn.UpSampling2d(2), last() })
    fits("decoder Conv2d gives %[14, 14, 1%], .*; nn.UpSampling2d%(2%) at its end would fit", { 28, 28, 1 }, { down() }, last())
    fits("nn.UpSampling2d { 2, 1 } at its end would fit", { 28, 14, 1 }, { nn.MaxPool2d { 2, 1 } }, { last() })
    fits("nn.UpSampling1d%(3%) at its end would fit", { 30, 2 }, { nn.MaxPool1d(3) }, { nn.Conv1d(2, 1) })
  end)

  it("is told sizes alone where none would", function()
    fits("gives %[14, 14, 1%], the input is %[27, 27, 1%]$", { 27, 27, 1 }, { down() }, { last() })
    fits("gives %[28, 28, 4%], the input is %[28, 28, 1%]$", { 28, 28, 1 }, { down() }, { up "same" })
  end)
end)
