local ae = require "aelua"
local support = require "spec.support.nn"
local nn = ae.nn

local raises = support.raises

describe("Variational", function()
  before_each(function() ae.seed(12) end)

  local function built(given)
    local layer = nn.Variational(3, given)
    layer:build { 5 }
    return layer
  end

  it("gives a normal distribution, mean and logarithm of the variance linear in the features", function()
    local layer, x = built(), ae.randn(4, 5)
    local q = layer:forward(x)
    assert.is_true(ae.dist.Normal.is(q))
    support.near((x:matmul(layer.mean.weight) + layer.mean.bias):totable(), q:mean())
    support.near((x:matmul(layer.logvar.weight) + layer.logvar.bias):totable(), q:logvar())
    assert.same({ 4, 3 }, q:sample().shape)
    support.near((0.5 * (q:mean():square() + q:logvar():exp() - 1 - q:logvar()):sum(2)):totable(), q:kl())
    assert.same({ 3 }, layer:build { 5 })
  end)

  it("is passed through by Sequential, as the last layer", function()
    local encoder = nn.Sequential { nn.Flatten(), nn.Dense(4, "relu"), nn.Variational(2) }
    local q = encoder:forward(ae.rand(3, 2, 2))
    assert.same({ 3, 2 }, q:mean().shape)
    assert.same({ 2 }, nn.Sequential({ nn.Flatten(), nn.Variational(2) }):build { 2, 2 })
    raises("Sequential: layer 2 comes after Variational, which gives a distribution and is the last", nn.Sequential,
      { nn.Variational(2), nn.Dense(3) })
    q:sample():sum():backward()
    assert.is_true(encoder[3].mean.weight.grad:abs():sum():item() > 0)
  end)

  it("trains a loop of one's own", function()
    local x = ae.bernoulli({ 64, 6 }, 0.3)
    local encoder = nn.Sequential { nn.Dense(16, "relu"), nn.Variational(2) }
    local decoder = nn.Sequential { nn.Dense(16, "relu"), nn.Dense(6) }
    local opt = ae.optim.Adam { encoder, decoder, lr = 1e-2 }
    local first, last
    for _ = 1, 60 do
      local q = encoder:forward(x)
      local loss = (nn.loss.bce_logits(decoder:forward(q:sample()), x, { reduction = "per_sample" }) + q:kl()):mean()
      opt:zero_grad()
      loss:backward()
      opt:step()
      first, last = first or loss:item(), loss:item()
    end
    assert.is_true(last < first - 0.2, ("%g, then %g"):format(first, last))
  end)

  it("bounds the logarithm of the variance smoothly where it is told to", function()
    local layer = built { bound = { -2, 1 } }
    ae.no_grad(function() layer.logvar.weight:fill_(0) end)
    local function logvar(v)
      ae.no_grad(function() layer.logvar.bias:fill_(v) end)
      return layer:forward(ae.ones(1, 5)):logvar()[1][1]:item()
    end
    assert.near(-0.5, logvar(-0.5), 1e-6)
    assert.near(-0.49, logvar(-0.49), 1e-5)
    assert.near(-0.5 + 1.5 * 0.58278294535, logvar(0.5), 1e-5) -- tanh(2/3)
    assert.is_true(logvar(5) <= 1 and logvar(5) > 0.99)
    assert.is_true(logvar(-50) >= -2 and logvar(-50) < -1.99)
    local free = built()
    ae.no_grad(function()
      free.logvar.weight:fill_(0)
      free.logvar.bias:fill_(-300)
    end)
    assert.equal(-300, free:forward(ae.ones(1, 5)):logvar()[1][1]:item())
  end)

  it("leaves dimensions with few nats alone in training, by free bits", function()
    local layer = built { free_bits = 0.25 }
    ae.no_grad(function()
      layer.mean.weight:fill_(0)
      layer.logvar.weight:fill_(0)
      layer.mean.bias:copy_(ae.tensor { 0.1, 2, 0 })
      layer.logvar.bias:fill_(0)
    end)
    local q = layer:forward(ae.ones(4, 5))
    local each = 0.25 + 2 + 0.25
    support.near({ each, each, each, each }, q:kl())
    support.near({ 2.005, 2.005, 2.005, 2.005 }, q:divergence())
    q:kl():sum():backward()
    assert.same({ 0, 8, 0 }, layer.mean.bias.grad:totable())
    layer:eval()
    support.near({ 2.005 }, layer:forward(ae.ones(1, 5)):kl())
  end)

  it("measures from a mixture at the codes that were drawn", function()
    local layer = built { prior = { "mixture", components = 4 } }
    local q = layer:forward(ae.randn(6, 5))
    local z = q:sample()
    local p = layer.prior:distribution()
    support.near((q:log_prob(z) - p:log_prob(z)):totable(), q:kl())
    q:kl():sum():backward()
    for _, name in ipairs { "weights", "means", "logvars" } do
      assert.is_true(layer.prior[name].grad:abs():sum():item() > 0, name)
    end
    assert.same({ 2, 1, 3 }, p:sample(2).shape)
  end)

  it("has a VampPrior of the posteriors of pseudo-inputs", function()
    local layer = built { prior = { "vamp", pseudo_inputs = 7 } }
    local prior = layer.prior
    raises("VampPrior has no encoder", prior.distribution, prior)
    prior:attach(function(u) return layer:forward(u) end, { 5 })
    assert.same({ 7, 5 }, prior.pseudo.shape)
    local u = prior:inputs()
    assert.is_true(u:min():item() > 0 and u:max():item() < 1)
    local q = layer:forward(ae.rand(4, 5))
    local z = q:sample()
    local wanted = layer:forward(u):log_prob(z:unsqueeze(2)):exp():mean(2):log()
    support.near(wanted:totable(), prior:distribution():log_prob(z))
    q:kl():mean():backward()
    assert.is_true(prior.pseudo.grad:abs():sum():item() > 0)
    prior:start(ae.full({ 7, 5 }, 0.25))
    support.near(ae.full({ 7, 5 }, 0.25):totable(), prior:inputs())
    raises("VampPrior:start wants samples %[7, 5%], got %[2, 5%]", prior.start, prior, ae.ones(2, 5))
  end)

  it("comes back from its description", function()
    for _, given in ipairs { {}, { free_bits = 0.5, bound = { -3, 3 } }, { prior = { "mixture", components = 2 } } } do
      local layer = built(given)
      local again = nn.from_config(nn.describe(layer))
      again:build { 5 }
      again:load_state_dict(layer:state_dict())
      local x = ae.randn(2, 5)
      local a, b = layer:forward(x), again:forward(x)
      assert.same(a:mean():totable(), b:mean():totable())
      assert.same(a:logvar():totable(), b:logvar():totable())
      ae.seed(1)
      local kl = a:kl():totable()
      ae.seed(1)
      assert.same(kl, b:kl():totable())
    end
  end)

  it("refuses what it cannot be", function()
    raises("Variational wants a number of units from 1 up, got 0", nn.Variational, 0)
    raises("Variational wants a number of units from 1 up, got nil", nn.Variational)
    raises("bound wants { low, high }, low below high, got { 2, 1 }", nn.Variational, 2, { bound = { 2, 1 } })
    raises("no prior 'mixtur'; did you mean 'mixture'", nn.Variational, 2, { prior = "mixtur" })
    raises("free_bits wants at least 0, got %-1", nn.Variational, 2, { free_bits = -1 })
    raises("free_bits wants a prior whose dimensions are apart", nn.Variational, 2, { free_bits = 1, prior = "mixture" })
    raises("wants features %[N, F%], got %[N, 4, 4, 2%]; nn.Flatten%(%) before it", nn.Sequential { nn.Variational(2) }.build,
      nn.Sequential { nn.Variational(2) }, { 4, 4, 2 })
    raises("wants features %[N, F%], got %[N, 4, 4%]", function() nn.Variational(2):forward(ae.ones(3, 4, 4)) end)
    raises("Variational wants features %[N, F%], got %[5%]", function() built():forward(ae.ones(5)) end)
    raises("MixturePrior has no option 'component'; did you mean 'components'", nn.Variational, 2,
      { prior = { "mixture", component = 2 } })
  end)
end)
