local ae = require "aelua"
local activation = require "aelua.nn.activation"
local support = require "spec.support.nn"
local nn = ae.nn

local raises = support.raises

describe("activation layers", function()
  for _, case in ipairs(support.cases "activation") do
    it("compute what PyTorch computes: " .. case.name, function()
      local layer = nn[case.class](case.option)
      local x = ae.tensor(case.x):require_grad()
      local y = layer:forward(x)
      support.near(case.y, y, case.name)
      y:backward(ae.tensor(case.gy))
      support.near(case.gx, x.grad, case.name .. " dx")
    end)
  end

  it("keep the shape", function()
    assert.same({ 3, 2 }, nn.ReLU():build { 3, 2 })
    assert.same({ 5, 3, 2 }, nn.Softmax(2):forward(ae.ones { 5, 3, 2 }).shape)
  end)

  it("take one number at most, by position or by name", function()
    assert.equal(0.3, nn.LeakyReLU(0.3).slope)
    assert.equal(0.3, nn.LeakyReLU({ slope = 0.3 }).slope)
    assert.equal(0.01, nn.LeakyReLU().slope)
    raises("ReLU takes no options", nn.ReLU, 1)
    raises("ELU has no option 'alhpa'; did you mean 'alpha'", nn.ELU, { alhpa = 1 })
    raises("ELU: alpha wants a number, got x", nn.ELU, "x")
    raises("Softmax: dim wants an integer, got 1.5", nn.Softmax, 1.5)
  end)

  it("with an inverse undo themselves", function()
    local x = ae.linspace(-3, 3, 25)
    for _, layer in ipairs { nn.Sigmoid(), nn.Tanh(), nn.LeakyReLU(0.3) } do
      support.near(x:totable(), (layer:inverse(layer:forward(x)) - x) * 0.01 + x, layer.class_name)
    end
    raises("GELU has no inverse", function() nn.GELU():inverse(x) end)
    raises("LeakyReLU with slope 0 has no inverse", function() nn.LeakyReLU(0):inverse(x) end)
  end)

  it("have inverses that stay finite at the ends of the range", function()
    local ends = nn.Sigmoid():inverse(ae.tensor { 0, 1 })
    assert.equal(1, ends:isfinite():all():item())
    assert.equal(1, nn.Tanh():inverse(ae.tensor { -1, 1 }):isfinite():all():item())
  end)
end)

describe("an activation by name", function()
  it("is a new layer; linear is none", function()
    assert.equal("ReLU", activation.get("x", "relu").class_name)
    assert.equal(0.2, activation.get("x", { "leaky_relu", slope = 0.2 }).slope)
    assert.is_nil(activation.get("x", "linear"))
    assert.is_nil(activation.get("x", nil))
    local own = nn.ReLU()
    assert.equal(own, activation.get("x", own))
  end)

  it("that there is not names the nearest", function()
    raises("x: no activation 'sigmod'; did you mean 'sigmoid'", activation.get, "x", "sigmod")
    raises("x: no activation number", activation.get, "x", 3)
  end)

  it("is applied by the fused dense operation, with its option", function()
    ae.seed(1)
    for name in pairs(activation.by_name) do
      local dense = nn.Dense(5, name)
      local x = ae.randn { 7, 3 }
      local y = dense:forward(x)
      local plain = nn.Dense(5)
      plain:build { 3 }
      plain:load_state_dict(dense:state_dict())
      support.near(activation.get("x", name):forward(plain:forward(x)):totable(), y, name)
      assert.is_nil(dense.activation)
    end
  end)
end)
