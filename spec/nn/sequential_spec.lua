local ae = require "aelua"
local support = require "spec.support.nn"
local nn = ae.nn

local raises = support.raises

describe("Sequential", function()
  before_each(function() ae.seed(5) end)

  it("runs its layers one after the other", function()
    local a, b = nn.Dense(3, "tanh"), nn.Dense(2)
    local model = nn.Sequential { a, b }
    local x = ae.randn { 4, 5 }
    local y = model:forward(x)
    assert.same(b:forward(a:forward(x)):totable(), y:totable())
    assert.equal(2, #model)
    assert.equal(a, model[1])
  end)

  it("shows its layers as text", function()
    assert.equal("Sequential\n  1  Dense relu\n  2  Sequential\n       1  Flatten\n  3  Dense",
      tostring(nn.Sequential { nn.Dense(3, "relu"), nn.Sequential { nn.Flatten() }, nn.Dense(2) }))
    assert.equal("Sequential", tostring(nn.Sequential {}))
  end)

  it("of nothing gives what it is given", function()
    local x = ae.ones { 2, 2 }
    assert.equal(x, nn.Sequential {}:forward(x))
    assert.same({ 2 }, nn.Sequential {}:build { 2 })
  end)

  it("skips false, takes names of activations", function()
    local model = nn.Sequential { nn.Dense(2), false, "relu" }
    assert.equal(2, #model)
    assert.equal("ReLU", model[2].class_name)
  end)

  it("refuses holes, fields, functions and layers without braces", function()
    raises("layer 2 is nil; where a layer is optional", nn.Sequential, { nn.Flatten(), nil, nn.Flatten() })
    raises("got the field 'units'", nn.Sequential, { units = 3 })
    raises("layer 1 wants a module or the name of an activation, got function", nn.Sequential, { function() end })
    raises("wants a list of layers in braces, got a Flatten", nn.Sequential, nn.Flatten())
    raises("in braces, got a class Flatten; call it: Flatten%(...%)", nn.Sequential, nn.Flatten)
    raises("layer 2 wants .*, got a class Flatten; call it: Flatten%(...%)", nn.Sequential, { "relu", nn.Flatten })
    raises("no activation 'rleu'; did you mean 'relu'", nn.Sequential, { "rleu" })
  end)

  it("says of what was assigned in place of a layer that it is none", function()
    local function made() return nn.Sequential { nn.Dense(3), nn.Dense(3), nn.Flatten() } end
    local x = ae.ones { 2, 4 }
    for got, value in pairs { string = "relu", number = 7, ["function"] = print, table = {}, boolean = false,
      ["a class Conv2d; call it: Conv2d%(...%)"] = nn.Conv2d } do
      for place = 2, 3 do
        local pattern = ("Sequential: layer %d wants a module, got "):format(place) .. got
        local model = made()
        model:build { 4 }
        model[place] = value
        for _, method in ipairs { "forward", "forward_logits", "build" } do
          local failure = raises(pattern, model[method], model, method == "build" and { 4 } or x)
          assert.equal("invalid", failure.code)
        end
        if place == 3 then raises(pattern, model.output_activation, model) end
        raises(pattern, nn.describe, model)
      end
    end
    assert.is_nil(rawget(nn.Conv2d, "input_shape"))
  end)

  it("with a hole says where that is, and is shorter where the last layer is taken out", function()
    local x = ae.ones { 2, 3 }
    for n = 2, 9 do
      for hole = 1, n - 1 do
        local layers = {}
        for i = 1, n do layers[i] = nn.Dense(3) end
        local model = nn.Sequential(layers)
        model[hole] = nil
        local outer = nn.Sequential { nn.Flatten(), model }
        for _ = 1, 2 do
          local message = ("layer %d wants a module, got nil"):format(hole)
          raises("Sequential: " .. message, model.forward, model, x)
          raises("Sequential%[2%] Sequential: " .. message, outer.forward, outer, x)
          raises(message, nn.describe, model)
        end
        model[hole] = nn.Dense(3)
        model[n] = nil
        assert.same({ 2, 3 }, model:forward(x).shape)
        assert.equal(n - 1, #nn.describe(model).layers)
      end
    end
  end)

  it("takes a layer more in the next place, by assignment too, and none further on", function()
    local model, added = nn.Sequential { nn.Dense(3), nn.Dense(2) }, nn.ReLU()
    raises("a layer more would be the one in place 3, got place 9", function() model[9] = added end)
    raises("a layer more would be the one in place 3, got place 0", function() model[0] = added end)
    raises("layer 3 wants a module, got string", function() model[3] = "relu" end)
    model[3] = added
    assert.equal(3, #model)
    table.insert(model, 1, nn.Flatten())
    assert.equal(added, table.remove(model))
    assert.equal("Flatten", model[1].class_name)
    assert.same({ 5, 2 }, model:forward(ae.ones { 5, 4 }).shape)
  end)

  it("takes a layer in front of one that gives a distribution, and none behind it", function()
    local model = nn.Sequential { nn.Dense(4), nn.Variational(2) }
    table.insert(model, 1, nn.Dense(5))
    table.insert(model, 3, nn.ReLU())
    assert.same({ 5, 4, "ReLU", "Variational" },
      { model[1].out, model[2].out, model[3].class_name, model[4].class_name })
    raises("layer 5 comes after Variational", function() model[5] = nn.Dense(2) end)
  end)

  it("gives the shape of a result when built", function()
    local model = nn.Sequential { nn.Flatten(), nn.Dense(7), nn.Dense { 2, 3 } }
    assert.same({ 2, 3 }, model:build { 4, 5 })
    assert.same({ 20, 7 }, model[2].weight.shape)
    assert.same({ 6, 2, 3 }, model:forward(ae.ones { 6, 4, 5 }).shape)
  end)

  it("names the layer that does not fit when built", function()
    raises("Sequential%[2%] Reshape: reshape: 128 values %[128%] do not fill %[16, 16%] %(256%)", function()
      nn.Sequential { nn.Dense(128), nn.Reshape(16, 16) }:build { 10 }
    end)
  end)

  it("lets go of results between layers that keep none, and of no other", function()
    local kept = {}
    local Keeper = nn.Module:extend("Keeper")
    function Keeper:forward(x)
      kept[#kept + 1] = x
      return x * 1
    end
    local x = ae.randn { 2, 3 }
    local model = nn.Sequential { nn.Dropout(0), nn.Dense(3), nn.Dropout(0), nn.Dense(3), Keeper(), nn.Dense(3) }
    for _ = 1, 2 do
      local y = model:forward(x)
      assert.same({ 2, 3 }, y.shape)
      assert.same({ 2, 3 }, x.shape)
      assert.same({ 2, 3 }, kept[#kept].shape)
      y:sum():backward()
    end
  end)

  it("holds no more than it needs without gradients", function()
    local model = nn.Sequential {}
    for _ = 1, 8 do model:append(nn.Dense(256)) end
    model:build { 256 }
    local x = ae.ones { 256, 256 }
    collectgarbage()
    collectgarbage("stop")
    local before = ae.memory().live
    local y = ae.no_grad(model.forward, model, x)
    local grown = ae.memory().live - before
    collectgarbage("restart")
    local bytes = 256 * 256 * (y.dtype == "f64" and 8 or 4)
    assert.is_true(grown < 2 * bytes, ("%d bytes more for a result of %d"):format(grown, bytes))
  end)

  describe("and the function it ends with", function()
    it("is told, and left out of forward_logits", function()
      local x = ae.randn { 3, 4 }
      for _, model in ipairs {
        nn.Sequential { nn.Dense(6, "tanh"), nn.Dense({ 2, 3 }, "sigmoid") },
        nn.Sequential { nn.Dense(6, "tanh"), nn.Dense(6), nn.Sigmoid() },
        nn.Sequential { nn.Dense(6, "sigmoid"), nn.Reshape(2, 3), nn.Flatten() },
        nn.Sequential { nn.Sequential { nn.Dense(6, "sigmoid") } },
      } do
        local y = model:forward(x)
        assert.equal("sigmoid", model:output_activation())
        local logits = model:forward_logits(x)
        assert.same(y.shape, logits.shape)
        local difference = (logits:sigmoid() - y):abs():max():item()
        assert.is_true(difference < 1e-6)
      end
    end)

    it("is softmax only where it runs along the last dimension of the result", function()
      assert.equal("softmax", nn.Sequential { nn.Dense(6, "softmax") }:output_activation())
      assert.equal("softmax", nn.Sequential { nn.Dense(6), nn.Softmax() }:output_activation())
      assert.is_nil(nn.Sequential { nn.Dense(6, "softmax"), nn.Reshape(2, 3) }:output_activation())
      assert.is_nil(nn.Sequential { nn.Dense({ 2, 3 }, "softmax") }:output_activation())
      assert.is_nil(nn.Sequential { nn.Dense(6), nn.Softmax(1) }:output_activation())
    end)

    it("is none after anything else", function()
      assert.is_nil(nn.Sequential { nn.Dense(6, "relu") }:output_activation())
      assert.is_nil(nn.Sequential { nn.Sigmoid(), nn.Dropout(0.5) }:output_activation())
      assert.is_nil(nn.Sequential {}:output_activation())
      assert.is_nil(nn.Sequential { nn.Dense(2, { activation = "sigmoid", activity_l1 = 1 }) }:output_activation())
    end)
  end)

  it("has correct gradients", function()
    local model = nn.Sequential { nn.Flatten(), nn.Dense(4, "tanh"), nn.Dense({ 2, 2 }, "sigmoid") }
    model:build { 3, 2 }
    local w1, b1, w2 = model[2].weight, model[2].bias, model[3].weight
    assert.is_true(ae.gradcheck(function(x) return model:forward(x) end, ae.randn { 3, 3, 2 }))
    assert.is_true(ae.gradcheck(function() return model:forward(ae.ones { 2, 3, 2 }) end, w1, b1, w2))
  end)

  it("takes one list", function()
    raises("Sequential takes one list of layers, got a further table", nn.Sequential, { nn.Dense(2) }, {})
  end)
end)
