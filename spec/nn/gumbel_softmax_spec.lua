local ae = require "aelua"
local support = require "spec.support.nn"
local nn = ae.nn

local raises = support.raises

describe("nn.GumbelSoftmax", function()
  before_each(function() ae.seed(21) end)

  it("gives a distribution of one-hot codes: relaxed in training, exact in evaluation", function()
    local layer, x = nn.GumbelSoftmax(3, 4, { temperature = 0.5 }), ae.randn(5, 6)
    assert.same({ 3, 4 }, layer:build { 6 })
    local q = layer:forward(x)
    support.near((x:matmul(layer.logits.weight) + layer.logits.bias):reshape({ 5, 3, 4 }):totable(), q:logits())
    assert.equal(0.5, q.temperature)
    assert.is_true(q:sample():max():item() < 1)
    layer.temperature = 0.25
    assert.equal(0.25, layer:forward(x).temperature)
    layer:eval()
    q = layer:forward(x)
    assert.is_nil(q.temperature)
    assert.equal(15, q:sample():eq(1):sum():item())
    assert.same(ae.one_hot(q:logits():argmax(-1), 4, { dtype = ae.real }):totable(), q:mode():totable())
  end)

  it("trains a loop of one's own", function()
    local x = ae.one_hot(ae.randint({ 64 }, 1, 4), 4, { dtype = ae.real })
    local encoder = nn.Sequential { nn.GumbelSoftmax(2, 2) }
    local decoder = nn.Sequential { nn.Flatten(), nn.Dense(16, "relu"), nn.Dense(4) }
    local opt = ae.optim.Adam { encoder, decoder, lr = 0.03 }
    local first, last
    for _ = 1, 80 do
      local q = encoder:forward(x)
      local loss = (nn.loss.bce_logits(decoder:forward(q:sample()), x, { reduction = "per_sample" }) + q:kl() * 0.1):mean()
      opt:zero_grad()
      loss:backward()
      opt:step()
      first, last = first or loss:item(), loss:item()
    end
    assert.is_true(last < first * 0.7, ("%g, then %g"):format(first, last))
  end)

  it("comes back from its description", function()
    local layer = nn.GumbelSoftmax(3, 2, { temperature = 0.3, hard = true })
    local again = nn.from_config(nn.describe(layer))
    layer:build { 2 }
    again:build { 2 }
    again:load_state_dict(layer:state_dict())
    local x = ae.randn(4, 2)
    local function drawn(from)
      ae.seed(6)
      return from:forward(x):sample():totable()
    end
    assert.same(drawn(layer), drawn(again))
    assert.equal("GumbelSoftmax 3 x 2", again:label())
  end)

  it("refuses what it cannot be", function()
    raises("GumbelSoftmax wants a number of variables from 1 up, got 0", nn.GumbelSoftmax, 0, 2)
    raises("GumbelSoftmax wants a number of categories from 2 up, got 1", nn.GumbelSoftmax, 3, 1)
    raises("GumbelSoftmax wants a number of categories from 2 up, got nil", nn.GumbelSoftmax, 3)
    raises("temperature wants more than 0, got 0", nn.GumbelSoftmax, 3, 2, { temperature = 0 })
    raises("wants features %[N, F%], got %[N, 2, 2%]; nn.Flatten%(%) before it", function()
      nn.GumbelSoftmax(2, 2):build { 2, 2 }
    end)
    raises("GumbelSoftmax wants features %[N, F%], got %[5%]", function() nn.GumbelSoftmax(2, 2):forward(ae.ones(5)) end)
    raises("layer 2 comes after GumbelSoftmax, which gives a distribution", nn.Sequential,
      { nn.GumbelSoftmax(2, 2), nn.Dense(3) })
  end)
end)
