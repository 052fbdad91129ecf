local ae = require "aelua"
local support = require "spec.support.nn"
local nn = ae.nn

local raises = support.raises

local function labels(module)
  local list = {}
  for i = 1, #module do list[i] = module[i]:label() end
  return list
end

describe("mirror", function()
  before_each(function() ae.seed(6) end)

  local function encoder()
    return nn.Sequential { nn.Flatten(), nn.Dense(20, "relu"), nn.Dropout(0.5), nn.Dense(5, "tanh") }
  end

  it("undoes the layers, last first, with the activation that each representation had", function()
    local e = encoder()
    local code = e:build { 4, 3 }
    local decoder = ae.mirror(e, { activation = "sigmoid" })
    assert.same({ "Dense relu", "Dense sigmoid", "Reshape" }, labels(decoder))
    assert.same({ 4, 3 }, decoder:build(code))
    assert.same({ 5, 20 }, decoder[1].weight.shape)
    assert.same({ 20, 12 }, decoder[2].weight.shape)
    assert.same({ 7, 4, 3 }, decoder:forward(e:forward(ae.ones { 7, 4, 3 })).shape)
  end)

  it("of an encoder whose size is not known yet waits for it", function()
    local e = encoder()
    local decoder = ae.mirror(e, { activation = "sigmoid" })
    local model = ae.Autoencoder { input = { 4, 3 }, encoder = e, decoder = decoder, loss = "bce" }
    assert.same({ "Dense relu", "Dense sigmoid", "Reshape" }, labels(model.decoder))
    assert.equal("sigmoid", decoder:output_activation())
    assert.equal(nn.Sequential, getmetatable(decoder))
    raises("mirror: the encoder's Dense does not know its input size", function()
      ae.mirror(encoder()):build { 5 }
    end)
  end)

  it("has activations of their own as they come", function()
    local e = nn.Sequential { nn.Dense(8), nn.LeakyReLU(0.3), nn.Dense(4), nn.Tanh() }
    e:build { 6 }
    local decoder = ae.mirror(e)
    assert.same({ "Dense leaky_relu", "Dense" }, labels(decoder))
    assert.equal(0.3, decoder[1]._activation.slope)
    assert.not_equal(e[2], decoder[1]._activation)
  end)

  it("looks into Sequentials and through rearranging layers", function()
    local e = nn.Sequential { nn.Dense(8, "relu"), nn.Sequential { nn.Reshape(2, 4), nn.Flatten(), nn.Dense(3) } }
    e:build { 6 }
    local decoder = ae.mirror(e)
    assert.same({ "Dense relu", "Reshape", "Reshape", "Dense" }, labels(decoder))
    assert.same({ 6 }, decoder:build { 3 })
  end)

  it("of one layer is a decoder too", function()
    local dense = nn.Dense { 2, 3 }
    dense:build { 5 }
    local decoder = ae.mirror(dense)
    assert.same({ 5 }, decoder:build { 2, 3 })
  end)

  it("takes over bias, initialisers and penalties", function()
    local dense = nn.Dense(3, { bias = false, weight_init = "zeros", l2 = 0.5 })
    dense:build { 2 }
    local back = ae.mirror(dense)
    back:build { 3 }
    assert.is_nil(back[1].bias)
    assert.equal(0.5, back[1].l2)
    assert.same({ { 0, 0 }, { 0, 0 }, { 0, 0 } }, back[1].weight:totable())
  end)

  it("tied uses the encoder's weights", function()
    local e = encoder()
    local model = nn.Sequential { e, ae.mirror(e, { tied = true, activation = "sigmoid" }) }
    assert.same({ 4, 3 }, model:build { 4, 3 })
    assert.same({ "TiedDense relu", "TiedDense sigmoid", "Reshape" }, labels(model[2]))
    assert.equal(12 * 20 + 20 + 20 * 5 + 5 + 20 + 12, model:count_parameters())
  end)

  it("tied can undo the activations too", function()
    local e = nn.Sequential { nn.Dense(4, "tanh") }
    e:build { 3 }
    local decoder = ae.mirror(e, { tied = true, inverse_activation = true })
    local x = ae.randn { 5, 3 }
    local linear = x:matmul(e[1].weight)
    support.near(linear:matmul(e[1].weight:permute { 2, 1 }):totable(), decoder:forward(e:forward(x)))
  end)

  it("refuses what has none", function()
    local Own = nn.Module:extend("Own")
    function Own:forward(x) return x end
    local e = nn.Sequential { Own() }
    e:build { 3 }
    raises("mirror: Own has no mirror image; give the class a method mirror", ae.mirror, e)
    raises("mirror wants an encoder, got nil", ae.mirror)
    raises("inverse_activation goes with tied = true", ae.mirror, e, { inverse_activation = true })
    raises("mirror has no option 'tide'; did you mean 'tied'", ae.mirror, e, { tide = true })
  end)

  it("asks classes of one's own for theirs", function()
    local Double = nn.Module:extend("Double")
    function Double:forward(x) return x * 2 end
    function Double:mirror() return nn.Reshape(self.input_shape) end
    local e = nn.Sequential { nn.Dense(4, "relu"), Double() }
    e:build { 3 }
    assert.same({ "Reshape", "Dense" }, labels(ae.mirror(e)))
  end)
end)
