local ae = require "aelua"
local support = require "spec.support.nn"
local nn = ae.nn

-- p(z) = N(0, 1), p(x | z) = N(w z + b, s): p(x) is N(b, w^2 + s), and the posterior
-- N(w (x - b) / (w^2 + s), s / (w^2 + s)).
local w, b, s = 1.5, 0.25, 0.5

local function linear(exact)
  local model = ae.VAE {
    input = { 1 }, latent = 1, encoder = nn.Sequential { nn.Flatten() }, decoder = nn.Dense(1),
    likelihood = { "gaussian", variance = s },
  }
  local total = w * w + s
  ae.no_grad(function()
    model.decoder.weight:fill_(w)
    model.decoder.bias:fill_(b)
    model.posterior.mean.weight:fill_(exact and w / total or 0.4)
    model.posterior.mean.bias:fill_(exact and -w * b / total or 0)
    model.posterior.logvar.weight:fill_(0)
    model.posterior.logvar.bias:fill_(math.log(exact and s / total or 0.4))
  end)
  return model
end

local function log_density(x)
  local variance = w * w + s
  return -0.5 * (math.log(2 * math.pi * variance) + (x - b) ^ 2 / variance)
end

describe("the evidence of a linear model", function()
  local x = ae.tensor { { 0.3 }, { -1.2 }, { 2.5 }, { 0 }, { 1 } }
  local wanted = 0
  for _, row in ipairs(x:totable()) do wanted = wanted + log_density(row[1]) / 5 end
  before_each(function() ae.seed(21) end)

  it("is the bound itself where the posterior is exact, from any number of codes", function()
    local model = linear(true)
    for _, samples in ipairs { 1, 7 } do
      assert.near(wanted, model:elbo(x, { samples = samples }), 1e-4)
      assert.near(wanted, model:log_likelihood(x, { samples = samples, batch_size = 2 }), 1e-4)
    end
  end)

  it("is found by importance sampling, above the bound", function()
    local model = linear(false)
    local bound = model:elbo(x, { samples = 5000 })
    assert.is_true(bound < wanted - 0.05, bound)
    assert.near(wanted, model:log_likelihood(x, { samples = 5000 }), 0.02)
    assert.near(-model:evaluate(x:tile { 2000, 1 }).loss, bound, 0.06) -- three standard errors
  end)

  it("decodes a part of the codes at once, however many there are", function()
    local model = linear(true)
    local most, total, forward = 0, 0, model.decoder.forward
    function model.decoder:forward(z)
      most, total = math.max(most, #z), total + #z
      return forward(self, z)
    end
    for _, method in ipairs { "elbo", "log_likelihood" } do
      most, total = 0, 0
      assert.near(wanted, model[method](model, x, { samples = 1001 }), 1e-4)
      assert.equal(5 * 1001, total)
      assert.is_true(most <= 2048, most)
    end
  end)

  it("is refused of what is no data of the model", function()
    local model = linear(true)
    support.raises("VAE:log_likelihood wants %[N, 1%], got %[N, 2%]", model.log_likelihood, model, ae.ones(3, 2))
    support.raises("VAE:elbo: samples wants at least 1, got 0", model.elbo, model, x, { samples = 0 })
    support.raises("VAE:elbo: the data set is empty", model.elbo, model, ae.zeros(0, 1))
  end)

  it("leaves modes and gradients as they were", function()
    local model = linear(true)
    model:log_likelihood(x, { samples = 3 })
    assert.is_true(model.training and model.decoder.training)
    assert.is_nil(model.decoder.weight.grad)
  end)
end)
