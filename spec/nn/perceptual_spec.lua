local ae = require "aelua"
local support = require "spec.support.nn"

local nn = ae.nn
local loss, raises = nn.loss, support.raises

describe("a perceptual loss", function()
  local encoder, x, y

  before_each(function()
    ae.seed(8)
    encoder = nn.Sequential {
      nn.Conv2d(4, 3, { activation = "tanh" }), nn.BatchNorm(), nn.Dropout(0.5), nn.Conv2d(2, 2), nn.Flatten(), nn.Dense(3),
    }
    encoder:build { 5, 6, 1 }
    x, y = ae.rand(2, 5, 6, 1), ae.rand(2, 5, 6, 1)
  end)

  -- What the first `last` layers give, in evaluation mode.
  local function features(input, last)
    encoder:eval()
    for i = 1, last do input = encoder[i]:forward(input) end
    encoder:train()
    return input
  end

  it("compares what layers give, and their Gram matrices", function()
    local function content(last) return loss.mse(features(y, last), features(x, last)):item() end
    local function style(last)
      return loss.mse(loss.gram(features(y, last)), loss.gram(features(x, last)), { reduction = "batchmean" }):item()
    end
    local function value(given) return loss.perceptual(encoder, given)(y, x) end
    support.near(content(6), value())
    support.near(content(1), value { layers = { 1 } })
    support.near(content(1) + content(4), value { layers = { 1, 4 } })
    support.near(2 * content(1) + 0.5 * content(4), value { layers = { 1, "[4]" }, weights = { 2, 0.5 } })
    support.near(style(2), value { layers = { 2 }, content = 0, style = 1 })
    support.near(3 * content(2) + 4 * style(2), value { layers = { 2 }, content = 3, style = 4 })
    support.near(0, loss.perceptual(encoder, { layers = { 1, 2 }, style = 1 })(x, x))
  end)

  it("takes layers inside others by their place", function()
    local Two = nn.Module:extend("Two")
    function Two:init() self.first, self.second = nn.Dense(3), nn.Sequential { nn.Dense(2), nn.Dense(1) } end
    function Two:forward(input) return self.second:forward(self.first:forward(input)) end
    local two, a, b = Two(), ae.rand(3, 4), ae.rand(3, 4)
    local wanted = loss.mse(two.second[1]:forward(two.first:forward(a)), two.second[1]:forward(two.first:forward(b)))
    support.near(wanted:item(), loss.perceptual(two, { layers = { "second[1]" } })(a, b))
    raises("perceptual: Two has no layer 'secnd'; did you mean 'second'", loss.perceptual, two, { layers = { "secnd" } })
  end)

  it("has the gradient with regard to the prediction", function()
    local measure = loss.perceptual(encoder, { layers = { 1, 4 }, style = 2 })
    local eps = ae.real == "f64" and 1e-6 or 1e-2
    assert(ae.gradcheck(function(given) return measure(given, x) end, y, { eps = eps }))
  end)

  it("leaves the encoder as it was: no gradients, modes, statistics", function()
    local mean = encoder[2].running_mean:clone()
    encoder[3]:eval()
    local input = y:clone():require_grad()
    loss.perceptual(encoder, { style = 0, layers = { 2, 6 } })(input, x):backward()
    assert.is_true(input.grad:abs():sum():item() > 0)
    for _, parameter in encoder:named_parameters() do
      assert.is_nil(parameter.grad)
      assert.is_true(parameter.requires_grad)
    end
    assert.is_true(encoder.training and encoder[2].training)
    assert.is_false(encoder[3].training)
    support.near(mean:totable(), encoder[2].running_mean)
    encoder:freeze()
    loss.perceptual(encoder)(input, x):backward()
    assert.is_false(encoder[1].weight.requires_grad)
  end)

  it("puts the encoder back where it raises", function()
    local measure = loss.perceptual(encoder)
    raises("Conv2d", measure, ae.ones(2, 5, 6, 3), x)
    assert.is_true(encoder.training)
    assert.is_true(encoder[1].weight.requires_grad)
  end)

  it("trains a model whose own encoder takes part in the graph", function()
    local model = ae.Autoencoder {
      input = { 5, 6, 1 }, encoder = nn.Sequential { nn.Flatten(), nn.Dense(8, "relu") },
      decoder = nn.Sequential { nn.Dense({ 5, 6, 1 }, "sigmoid") }, loss = loss.perceptual(encoder, { layers = { 1 } }),
    }
    local before = encoder[1].weight:clone()
    local history = model:fit(ae.rand(16, 5, 6, 1), { epochs = 20, batch_size = 8, verbose = 0,
      optimizer = ae.optim.Adam { lr = 0.01 } })
    assert.is_true(history:last().loss < history.epochs[1].loss)
    support.near(before:totable(), encoder[1].weight)
  end)

  it("refuses what does not fit", function()
    raises("perceptual: wants a module as encoder, got nil", loss.perceptual)
    raises("perceptual: Sequential has no layer 7", loss.perceptual, encoder, { layers = { 7 } })
    raises("perceptual: layers wants a list of layers", loss.perceptual, encoder, { layers = {} })
    raises("perceptual: weights wants a number for each of 2 layers, got 1", loss.perceptual, encoder,
      { layers = { 1, 2 }, weights = { 1 } })
    raises("perceptual: content and style are both 0", loss.perceptual, encoder, { content = 0 })
    raises("gram: wants features %[N, ..., C%] with positions, got %[2, 3%]",
      loss.perceptual(encoder, { style = 1 }), y, x)
  end)
end)

describe("gram", function()
  it("is the products of channels over all positions, by their number and that of channels", function()
    support.near({ { { 10 / 4, 14 / 4 }, { 14 / 4, 20 / 4 } } }, loss.gram(ae.tensor { { { 1, 2 }, { 3, 4 } } }))
    support.near({ { { 10 / 4, 14 / 4 }, { 14 / 4, 20 / 4 } } }, loss.gram(ae.tensor { { { { 1, 2 } }, { { 3, 4 } } } }))
  end)
end)
