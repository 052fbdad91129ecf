local ae = require "aelua"
local core = require "aelua.core"
local parameter = require "aelua.nn.parameter"
local support = require "spec.support.nn"
local nn = ae.nn

local raises = support.raises

-- Through JSON and back, as in files.
local function again(module)
  return nn.from_config(core.json.decode(core.json.encode((nn.describe(module)))))
end

describe("descriptions", function()
  before_each(function() ae.seed(14) end)

  it("build every layer again", function()
    local model = nn.Sequential {
      nn.Flatten(), nn.GaussianNoise(0.1), nn.Dense(6, { activation = { "leaky_relu", slope = 0.2 }, l2 = 1e-3 }),
      nn.Dropout(0.25), nn.Reshape(2, 3), nn.Flatten(), nn.ELU(0.7), nn.Softmax(-1), nn.Sequential { nn.Tanh() },
      nn.Dense({ 2, 2 }, { activation = nn.Softmax(), bias = false, weight_init = { "normal", std = 0.01 } }),
    }
    model:build { 3, 2 }
    local other = again(model)
    assert.same({ 2, 2 }, other:build { 3, 2 })
    assert.same((nn.describe(model)), (nn.describe(other)))
    other:load_state_dict(model:state_dict())
    model:eval()
    other:eval()
    local x = ae.randn { 4, 3, 2 }
    assert.same(model:forward(x):totable(), other:forward(x):totable())
  end)

  it("keep what is tied tied", function()
    local dense = nn.Dense(3, "sigmoid")
    local model = nn.Sequential { nn.Sequential { dense }, nn.TiedDense(dense, { inverse_activation = true }) }
    model:build { 4 }
    assert.equal("1.1", nn.describe(model).layers[2].source)
    local other = again(model)
    other:build { 4 }
    assert.equal(model:count_parameters(), other:count_parameters())
    assert.equal(other[1][1], other[2]._source)
  end)

  it("keep one layer in several places one layer", function()
    local dense, inner = nn.Dense(4), nn.Sequential { nn.Tanh() }
    local model = nn.Sequential { dense, nn.Sequential { dense, inner }, inner }
    model:build { 4 }
    local layers = nn.describe(model).layers
    assert.same({ same = layers[1].shared }, layers[2].layers[1])
    assert.same({ same = layers[2].layers[2].shared }, layers[3])
    assert.is_nil(layers[2].shared)
    local other = again(model)
    assert.equal(other[1], other[2][1])
    assert.equal(other[2][2], other[3])
    assert.same((nn.describe(model)), (nn.describe(other)))
    other:build { 4 }
    other:load_state_dict(model:state_dict())
    local x = ae.randn { 2, 4 }
    assert.same(model:forward(x):totable(), other:forward(x):totable())
  end)

  it("keep a layer that is an activation, too, one layer", function()
    for _, make in ipairs { function() return nn.BatchNorm() end, function() return nn.Sequential { nn.Tanh() } end,
      function() return nn.Softmax(1) end, nn.Tanh } do
      local shared, dense = make(), nn.Dense(4)
      for _, model in ipairs {
        nn.Sequential { nn.Dense(4, { activation = shared }), nn.Dense(4, { activation = shared }) },
        nn.Sequential { dense, shared, nn.Dense(4, { activation = shared }) },
        nn.Sequential { nn.BatchNorm { activation = shared }, nn.Sequential { nn.Dense(4), shared }, shared },
        nn.Sequential { dense, dense, nn.TiedDense(dense, { activation = shared }), shared },
      } do
        model:build { 4 }
        local other = again(model)
        other:build { 4 }
        other:load_state_dict(model:state_dict())
        assert.equal(model:count_parameters(), other:count_parameters())
        local x = ae.randn { 2, 4 }
        assert.same(model:eval():forward(x):totable(), other:eval():forward(x):totable())
      end
    end
  end)

  it("of more modules than could run are refused, however few letters they take", function()
    local config = { class = "Tanh", shared = 1 }
    for i = 2, 40 do config = { class = "Sequential", shared = i, layers = { config, { same = i - 1 } } } end
    assert.equal("format", raises("more than 100000 modules", nn.from_config, config).code)
  end)

  it("of a module that contains itself are refused", function()
    local model = nn.Sequential { nn.Tanh() }
    model:append(model)
    raises("Sequential contains itself", nn.describe, model)
  end)

  it("are refused for a class of the user's own, which is named", function()
    local Own = nn.Module:extend("Own")
    function Own:forward(x) return x end
    local failure = raises("%[2%]%[1%] is Own, a class of your own", nn.describe,
      nn.Sequential { nn.ReLU(), nn.Sequential { Own() } })
    assert.equal("unsupported", failure.code)
    local Dense = nn.Dense:extend("Dense")
    raises("the model is Own, a class of your own", nn.describe, Own())
    raises("is Dense, a class of your own", nn.describe, nn.Sequential { Dense(3) })
    raises("is not part of the model", nn.describe, nn.Sequential { nn.TiedDense(nn.Dense(3)) })
  end)

  it("that lie are refused, and say where", function()
    local function refuses(config, pattern)
      local failure = raises(pattern, nn.from_config, config)
      assert.truthy(failure.code)
    end
    refuses({ class = "Sequential", layers = { { class = "Dnse", units = 3 } } }, "1: no layer 'Dnse'; did you mean 'Dense'")
    refuses({ class = "Sequential", layers = { { class = "Dense", units = "x" } } },
      "1: Dense wants a number of units or a shape, got string")
    refuses({ class = "Sequential", layers = { { class = "Dense", units = 3, unit = 3 } } }, "1: Dense has no option 'unit'")
    refuses({ class = "Sequential", layers = { { class = "TiedDense", source = "7" } } }, "refers to '7'")
    for _, same in ipairs { 7, "1", 0 / 0, {}, true, false } do
      refuses({ class = "Sequential", shared = 1, layers = { { same = same } } }, "1 is the same as module ")
    end
    refuses({ class = "Sequential", shared = 1, layers = { { same = 1 } } }, "1 is the same as module 1, which the file does not")
    refuses({ class = "Sequential", layers = { { class = "Tanh", shared = 1 }, { same = 1, units = 3 } } }, "2 is the same")
    refuses({ same = 1 }, "description is the same as module 1")
    refuses({ class = "Sequential", layers = { 3 } }, "1: a module without a class")
    refuses({ class = "Sequential" }, "the list 'layers' is missing")
    refuses("Dense", "description: a module without a class")
    assert.is_true(ae.Autoencoder.is_model)
    refuses({ class = "Autoencoder", inputs = { 3 } }, "Autoencoder has no option 'inputs'; did you mean 'input'?")
    support.raises("weights %[9000000000000, 9000000000000%] are more than the file holds", function()
      nn.from_config({ class = "Dense", units = { 9000000000000 } }, nil, 100)
      parameter.blank(100, function() nn.Dense(9000000000000):build { 9000000000000 } end)
    end)
    refuses({ class = "Dense", units = { -1 } }, "positive integer")
    refuses({ class = "Module" }, "no layer 'Module'")
  end)
end)
