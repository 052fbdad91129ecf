local ae = require "aelua"
local jacobian = require "spec.support.jacobian"
local support = require "spec.support.nn"
local nn = ae.nn

local raises = support.raises

describe("nn.MaskedDense", function()
  before_each(function() ae.seed(41) end)

  it("is a dense layer whose units see the inputs of their degree or less", function()
    local layer = nn.MaskedDense(3, { inputs = { 1, 3, 2 }, degrees = { 1, 2, 0 }, activation = "tanh" })
    assert.same({ 3 }, layer:build { 3 })
    local mask = ae.tensor { { 1, 1, 0 }, { 0, 0, 0 }, { 0, 1, 0 } }
    ae.no_grad(function()
      layer.weight:copy_(ae.randn(3, 3))
      layer.bias:copy_(ae.randn(3))
    end)
    local x = ae.randn(2, 4, 3)
    support.near((x:matmul(layer.weight * mask) + layer.bias):tanh():totable(), layer:forward(x))
    local strict = nn.MaskedDense(3, { inputs = 3, degrees = 3, strict = true, bias = false })
    strict:build { 3 }
    ae.no_grad(function() strict.weight:fill_(1) end)
    support.near({ { 0, 1, 3 } }, strict:forward(ae.tensor { { 1, 2, 4 } }))
  end)

  it("leaves what the mask hides at 0, whatever is trained", function()
    local layer = nn.MaskedDense(4, { inputs = 4, degrees = 4, strict = true, l2 = 0.1 })
    local model = nn.Sequential { layer }
    model:build { 4 }
    local opt = ae.optim.Adam { model, lr = 0.1 }
    for _ = 1, 3 do
      local loss = (model:forward(ae.randn(8, 4)) - 1):square():mean() + model:penalty()
      opt:zero_grad()
      loss:backward()
      opt:step()
    end
    for i, row in ipairs(layer.weight:totable()) do
      for k, value in ipairs(row) do assert.equal(i >= k, value == 0, ("%d, %d"):format(i, k)) end
    end
  end)

  it("makes a network in which no output sees its input or those after it", function()
    local size, hidden = 5, 12
    local first, second = nn.MaskedDense.spread(hidden, size), nn.MaskedDense.spread(hidden, size)
    assert.same({ 1, 2, 3, 4, 1 }, table.move(first, 1, 5, 1, {}))
    local made = nn.Sequential {
      nn.MaskedDense(hidden, { inputs = size, degrees = first, activation = "tanh" }),
      nn.MaskedDense(hidden, { inputs = first, degrees = second, activation = "tanh" }),
      nn.MaskedDense(size, { inputs = second, degrees = size, strict = true }),
    }
    for i, row in ipairs(jacobian.of(function(x) return made:forward(x) end, ae.randn(1, size))) do
      for j, value in ipairs(row) do
        if j >= i then
          assert.equal(0, value, ("output %d, input %d"):format(i, j))
        else
          assert.is_true(math.abs(value) > 1e-4, ("output %d, input %d: %g"):format(i, j, value))
        end
      end
    end
  end)

  it("learns the density of binary vectors, number after number", function()
    -- Each number repeats the first, but for one in ten.
    local first = ae.bernoulli({ 512, 1 }, 0.5)
    local flips = ae.bernoulli({ 512, 4 }, 0.1)
    local rest = (first - flips):abs()
    local x = ae.concat({ first, rest }, 2)
    local inner = nn.MaskedDense.spread(16, 5)
    local made = nn.Sequential {
      nn.MaskedDense(16, { inputs = 5, degrees = inner, activation = "relu" }),
      nn.MaskedDense(5, { inputs = inner, degrees = 5, strict = true }),
    }
    local opt, last = ae.optim.Adam { made, lr = 0.02 }, nil
    for _ = 1, 250 do
      local loss = nn.loss.bce_logits(made:forward(x), x, { reduction = "per_sample" }):mean()
      opt:zero_grad()
      loss:backward()
      opt:step()
      last = loss:item()
    end
    local entropy = math.log(2) - 4 * (0.1 * math.log(0.1) + 0.9 * math.log(0.9))
    assert.near(entropy, last, 0.15)
  end)

  it("has the gradient", function()
    local layer = nn.MaskedDense(3, { inputs = { 1, 2, 0 }, degrees = { 2, 0, 1 }, activation = "tanh" })
    layer:build { 3 }
    assert.is_true((ae.gradcheck(function(x, w)
      rawset(layer, "weight", w)
      return layer:forward(x)
    end, ae.randn(2, 3), ae.randn(3, 3))))
  end)

  it("comes back from its description", function()
    local layer = nn.MaskedDense(3, { inputs = { 1, 2 }, degrees = { 1, 2, 1 }, strict = true, activation = "relu" })
    local again = nn.from_config(nn.describe(layer))
    layer:build { 2 }
    again:build { 2 }
    again:load_state_dict(layer:state_dict())
    local x = ae.randn(4, 2)
    assert.same(layer:forward(x):totable(), again:forward(x):totable())
  end)

  it("refuses what it cannot be", function()
    raises("MaskedDense wants a number of units from 1 up, got 0", nn.MaskedDense, 0, { inputs = 2, degrees = 2 })
    raises("MaskedDense wants the option 'degrees'", nn.MaskedDense, 2, { inputs = 2 })
    raises("degrees wants one for each of 3 units, got 2", nn.MaskedDense, 3, { inputs = 2, degrees = 2 })
    raises("inputs wants degrees from 0 up, got %-1 %(number 2%)", nn.MaskedDense, 2, { inputs = { 1, -1 }, degrees = 2 })
    raises("inputs wants at most 16777216, got 1099511627776", nn.MaskedDense, 2, { inputs = 1 << 40, degrees = 2 })
    raises("spread: units wants an integer from 1 to 16777216, got 1099511627776", nn.MaskedDense.spread, 1 << 40, 5)
    raises("spread: variables wants an integer from 1 to 16777216, got 0", nn.MaskedDense.spread, 3)
    raises("inputs wants a number or a list of degrees", nn.MaskedDense, 2, { inputs = {}, degrees = 2 })
    raises("wants 2 features, as many as degrees of inputs, got %[N, 3%]", function()
      nn.MaskedDense(2, { inputs = 2, degrees = 2 }):build { 3 }
    end)
    raises("MaskedDense has no mirror image", function() nn.MaskedDense(2, { inputs = 2, degrees = 2 }):mirror {} end)
  end)
end)
