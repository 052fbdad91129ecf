local ae = require "aelua"
local support = require "spec.support.nn"
local nn = ae.nn

local raises = support.raises

describe("TiedDense", function()
  before_each(function() ae.seed(12) end)

  local function pair(activation, options)
    local dense = nn.Dense(3, activation)
    dense:build { 4 }
    return dense, nn.TiedDense(dense, options)
  end

  it("computes f(x W^T + c) with the other's weight", function()
    local dense, tied = pair("relu", "tanh")
    local h = ae.randn { 5, 3 }
    local y = tied:forward(h)
    support.near((h:matmul(dense.weight:permute { 2, 1 })):tanh():totable(), y)
    assert.same({ 4 }, tied.bias.shape)
    assert.same({ 5, 4 }, y.shape)
  end)

  it("has a bias of its own and no weight", function()
    local dense, tied = pair()
    local both = nn.Sequential { dense, tied }
    both:build { 4 }
    local names = {}
    for name in both:named_parameters() do names[#names + 1] = name end
    assert.same({ "1.weight", "1.bias", "2.bias" }, names)
    assert.equal(12 + 3 + 4, both:count_parameters())
    assert.is_nil(next(pair() and nn.TiedDense(dense, { bias = false }):state_dict()))
  end)

  it("gives the shape that it is told", function()
    local _, tied = pair(nil, { units = { 2, 2 } })
    assert.same({ 2, 2 }, tied:build { 3 })
    assert.same({ 6, 2, 2 }, tied:forward(ae.ones { 6, 3 }).shape)
  end)

  it("adds both ways' gradients to the weight", function()
    local dense, tied = pair("tanh", "sigmoid")
    local x = ae.randn { 6, 4 }
    assert.is_true(ae.gradcheck(function(input) return tied:forward(dense:forward(input)) end, x))
    assert.is_true(ae.gradcheck(function() return tied:forward(dense:forward(x)) end, dense.weight, tied.bias))
  end)

  it("undoes the activation where it is told to", function()
    for _, activation in ipairs { "sigmoid", "tanh", { "leaky_relu", slope = 0.2 } } do
      local dense, tied = pair({ activation = activation }, { inverse_activation = true })
      local x = ae.randn { 5, 4 }
      local linear = x:matmul(dense.weight)
      support.near(linear:matmul(dense.weight:permute { 2, 1 }):totable(), tied:forward(dense:forward(x)))
    end
  end)

  it("of a layer without activation needs no inverse", function()
    local dense, tied = pair(nil, { inverse_activation = true })
    local x = ae.randn { 5, 4 }
    support.near(x:matmul(dense.weight):matmul(dense.weight:permute { 2, 1 }):totable(), tied:forward(dense:forward(x)))
  end)

  it("refuses what does not fit", function()
    raises("TiedDense wants a Dense layer, got Flatten", nn.TiedDense, nn.Flatten())
    raises("ReLU has no inverse", function() return pair("relu", { inverse_activation = true }) end)
    raises("the Dense layer it is tied to is not built yet", function() nn.TiedDense(nn.Dense(3)):build { 3 } end)
    local _, tied = pair()
    raises("wants 3 features, got %[5%]", tied.build, tied, { 5 })
    local _, shaped = pair(nil, { units = { 3, 3 } })
    raises("has 4 results, units %[3, 3%] hold 9", shaped.build, shaped, { 3 })
    raises("TiedDense has no option 'weight_init'", pair, nil, { weight_init = "zeros" })
  end)
end)
