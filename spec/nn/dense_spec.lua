local ae = require "aelua"
local support = require "spec.support.nn"
local nn = ae.nn

local raises = support.raises

describe("Dense", function()
  before_each(function() ae.seed(11) end)

  it("takes its input size at the first forward, or when built", function()
    local dense = nn.Dense(3)
    assert.is_false(dense:is_built())
    assert.same({ 5, 3 }, dense:forward(ae.ones { 5, 4 }).shape)
    assert.same({ 4, 3 }, dense.weight.shape)
    assert.same({ 3 }, dense.bias.shape)
    local built = nn.Dense(3)
    assert.same({ 3 }, built:build { 7 })
    assert.same({ 7, 3 }, built.weight.shape)
    assert.same({ 3 }, built:build { 7 })
    raises("wants 7 features, got %[8%]", built.build, built, { 8 })
  end)

  it("works on the last dimension and gives shapes", function()
    assert.same({ 5, 6, 3 }, nn.Dense(3):forward(ae.ones { 5, 6, 4 }).shape)
    assert.same({ 5, 2, 3, 1 }, nn.Dense { 2, 3, 1 }:forward(ae.ones { 5, 4 }).shape)
    assert.same({ 5, 6, 2, 3 }, nn.Dense { 2, 3 }:forward(ae.ones { 5, 6, 4 }).shape)
    assert.same({ 0, 2, 3 }, nn.Dense { 2, 3 }:forward(ae.ones { 0, 4 }).shape)
    assert.same({ 2, 3 }, nn.Dense { 2, 3 }:build { 4 })
  end)

  it("without a bias has none", function()
    local dense = nn.Dense(2, { bias = false })
    dense:build { 2 }
    assert.is_nil(dense.bias)
    assert.equal(4, dense:count_parameters())
    assert.same({ 0, 0 }, dense:forward(ae.zeros { 1, 2 })[1]:totable())
  end)

  it("starts from the initialisers that it is told", function()
    local dense = nn.Dense(2, { weight_init = nn.init.constant(3), bias_init = "ones" })
    dense:build { 2 }
    assert.same({ { 3, 3 }, { 3, 3 } }, dense.weight:totable())
    assert.same({ 1, 1 }, dense.bias:totable())
    local own = nn.Dense(2, { weight_init = function(shape) return ae.full(shape, 0.5) end })
    own:build { 1 }
    assert.same({ { 0.5, 0.5 } }, own.weight:totable())
  end)

  for _, case in ipairs(support.cases "dense") do
    it("computes and differentiates as PyTorch does: " .. case.name, function()
      local dense = nn.Dense(#case.bias, { activation = case.activation })
      local x = ae.tensor(case.x):require_grad()
      dense:build { #case.x[1] }
      dense:load_state_dict { weight = ae.tensor(case.weight), bias = ae.tensor(case.bias) }
      local y = dense:forward(x)
      support.near(case.y, y, case.name)
      y:backward(ae.tensor(case.gy))
      support.near(case.gx, x.grad, case.name .. " dx")
      support.near(case.gweight, dense.weight.grad, case.name .. " dw")
      support.near(case.gbias, dense.bias.grad, case.name .. " db")
    end)
  end

  it("has correct gradients through shaped units, an activation of one's own and penalties", function()
    local Square = nn.Module:extend("Square")
    function Square:forward(x) return x * x end
    local dense = nn.Dense({ 2, 2 }, { activation = Square(), l1 = 0.1, l2 = 0.2, activity_l1 = 0.3 })
    dense:build { 3 }
    local x = ae.randn { 5, 3 }
    assert.is_true(ae.gradcheck(function(input)
      local y = dense:forward(input)
      return y:sum() + dense:penalty()
    end, x, dense.bias))
    assert.is_true(ae.gradcheck(function() return dense:forward(x):sum() + dense:penalty() end, dense.weight))
  end)

  it("counts its activity per sample, once", function()
    local dense = nn.Dense(2, { activity_l1 = 0.5, weight_init = "ones" })
    dense:forward(ae.tensor { { 1, 1 }, { -3, 0 } })
    assert.near(0.5 * (4 + 6) / 2, dense:penalties().activity_l1:item(), 1e-5)
    assert.is_nil(dense:penalties().activity_l1)
  end)

  it("that could not be made as a whole is not built", function()
    local bias_init = function() error("no") end
    local dense = nn.Dense(2, { bias_init = bias_init })
    assert.is_false(pcall(dense.build, dense, { 2 }))
    assert.is_false(dense:is_built())
  end)

  it("lets go of nothing that an activation of one's own keeps", function()
    local Keeper = nn.Module:extend("Keeper")
    function Keeper:forward(x)
      self.last = x
      return x
    end
    local keeper = Keeper()
    local model = nn.Sequential { nn.Dense({ 2, 2 }, { activation = keeper }), nn.Flatten(), nn.Dense(3) }
    model:forward(ae.ones { 2, 3 })
    assert.same({ 2, 4 }, keeper.last.shape)
  end)

  it("is called by its activation in summaries", function()
    assert.equal("Dense relu", nn.Dense(3, "relu"):label())
    assert.equal("Dense leaky_relu", nn.Dense(3, { activation = { "leaky_relu", slope = 0.2 } }):label())
    assert.equal("Dense", tostring(nn.Dense(3)))
  end)

  it("refuses what it cannot be made of", function()
    raises("Dense: size 1 of a shape wants a positive integer, got 0", nn.Dense, 0)
    raises("Dense takes units and an activation or options, got a further table", nn.Dense, 3, "relu", { bias = false })
    raises("Dense wants a number of units or a shape, got string", nn.Dense, "relu")
    raises("Dense has no option 'activaton'; did you mean 'activation'", nn.Dense, 3, { activaton = "relu" })
    raises("Dense: no activation 'reul'; did you mean 'relu'", nn.Dense, 3, "reul")
    raises("put the function into a module", nn.Dense, 3, { activation = math.abs })
    raises("Dense: l2 wants at least 0, got %-1", nn.Dense, 3, { l2 = -1 })
    raises("Dense: no initialiser 'he_norm'; did you mean 'he_normal'", nn.Dense, 3, { weight_init = "he_norm" })
    raises("initialiser wants to give the shape %[2, 3%], got %[3%]", function()
      nn.Dense(3, { weight_init = function() return ae.zeros { 3 } end }):build { 2 }
    end)
  end)

  it("refuses inputs that do not fit, of either kind", function()
    local dense = nn.Dense(3)
    dense:build { 4 }
    raises("dense: x wants a last dimension of 4", dense.forward, dense, ae.ones { 2, 5 })
    raises("ae.scaled", dense.forward, dense, ae.ones({ 2, 4 }):to("u8"))
    raises("wants a shape of at least one dimension", nn.Dense(3).forward, nn.Dense(3), ae.ones { 4 })
  end)
end)
