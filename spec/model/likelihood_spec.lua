local ae = require "aelua"
local support = require "spec.support.nn"
local nn = ae.nn

-- The likelihood of a model for samples [2, 3].
local function likelihood(spec, decoded)
  local model = ae.VAE {
    input = { 2, 3 }, latent = 2, encoder = nn.Sequential { nn.Flatten() }, decoder = nn.Dense(decoded or { 2, 3 }),
    likelihood = spec,
  }
  return model.likelihood, model
end

describe("likelihoods", function()
  before_each(function() ae.seed(23) end)

  for name, case in pairs {
    bernoulli = { "bernoulli" },
    continuous_bernoulli = { "continuous_bernoulli" },
    ["gaussian, fixed"] = { { "gaussian", variance = 0.3 } },
    ["gaussian, learned"] = { { "gaussian", variance = "learned" } },
    ["gaussian, per pixel"] = { { "gaussian", variance = "per_pixel", bound = { -3, 3 } }, { 2, 6 } },
  } do
    it(("%s measure by the distribution that they draw from"):format(name), function()
      local of = likelihood(case[1], case[2])
      local raw, x = ae.randn(5, table.unpack(case[2] or { 2, 3 })), ae.bernoulli({ 5, 2, 3 }, 0.5)
      local d = of:distribution(raw)
      support.near((-d:log_prob(x)):totable(), of:nll(raw, x))
      support.near(d:mean():totable(), of:mean(raw))
      assert.same({ 5, 2, 3 }, of:draw(raw).shape)
      assert.same(case[2] or { 2, 3 }, of:decoded { 2, 3 })
    end)
  end

  it("categorical counts data as the nearest of evenly spaced levels", function()
    local of = likelihood({ "categorical", classes = 3 }, { 2, 3, 3 })
    assert.same({ 1, 1, 2, 2, 3, 3 }, of:levels(ae.tensor { 0, 0.24, 0.26, 0.5, 0.76, 1 }):totable())
    local raw, x = ae.randn(4, 2, 3, 3), ae.rand(4, 2, 3)
    support.near((-of:distribution(raw):log_prob(of:levels(x))):totable(), of:nll(raw, x))
    local sure = ae.zeros(1, 2, 3, 3)
    sure[1][1][1][2] = 100
    assert.near(0.5, of:mean(sure)[1][1][1]:item(), 1e-6)
    assert.equal(0.5, of:draw(sure)[1][1][1]:item())
    local bytes = ae.data.tensors(ae.tensor({ { 0, 128, 255 } }, { dtype = "u8" })):tensor()
    assert.same({ { 1, 129, 256 } }, likelihood({ "categorical" }, { 2, 3, 256 }):levels(bytes):totable())
  end)

  it("gaussian, optimal, takes the batch's error in training and the running one elsewhere", function()
    local of, model = likelihood { "gaussian", variance = "optimal" }
    assert.equal(1, of:current_variance())
    local x = ae.zeros(4, 2, 3)
    local function nll(raw, variance) return 0.5 * 6 * (raw * raw / variance + math.log(2 * math.pi * variance)) end
    support.near({ nll(0.5, 0.25), nll(0.5, 0.25), nll(0.5, 0.25), nll(0.5, 0.25) }, of:nll(ae.full({ 4, 2, 3 }, 0.5), x))
    assert.near(0.25, of:current_variance(), 1e-6)
    of:nll(ae.full({ 4, 2, 3 }, 2), x)
    local running = (0.9 * 0.1 * 0.25 + 0.1 * 4) / (0.9 * 0.1 + 0.1)
    assert.near(running, of:current_variance(), 1e-6)
    model:eval()
    support.near({ nll(1, running) }, of:nll(ae.ones(1, 2, 3), ae.zeros(1, 2, 3)))
    assert.near(running, of:current_variance(), 1e-6)
    support.near(ae.dist.Normal(ae.zeros(1, 2, 3), ae.full({ 1, 2, 3 }, math.log(running))):log_prob(ae.ones(1, 2, 3)):totable(),
      of:distribution(ae.zeros(1, 2, 3)):log_prob(ae.ones(1, 2, 3)))
  end)

  it("gaussian, optimal, stays a density where data is met to the last bit", function()
    local of, model = likelihood { "gaussian", variance = "optimal" }
    local raw, x = ae.zeros(4, 2, 3):require_grad(), ae.zeros(4, 2, 3)
    of:nll(raw, x):sum():backward()
    assert.equal(0, raw.grad:abs():max():item())
    assert.is_true(of:current_variance() > 0)
    model:eval()
    assert.equal(1, of:nll(raw:detach(), x):isfinite():all():item())
  end)

  it("may be a class of one's own, which files do not carry", function()
    local Poisson = ae.VariationalModel.Likelihood:extend("Poisson")
    Poisson.kind = "poisson"
    function Poisson:nll(raw, x) return (raw:exp() - raw * x):sum { 2, 3 } end
    function Poisson:mean(raw) return raw:exp() end
    local of, model = likelihood(Poisson())
    local x = ae.ones(4, 2, 3)
    local raw = ae.randn(4, 2, 3)
    support.near((raw:exp() - raw * x):sum({ 2, 3 }):totable(), of:nll(raw, x))
    assert.equal(1, #model:fit(x, { verbose = 0 }).epochs)
    support.near(model.decoder:forward(ae.zeros(3, 2)):exp():totable(), model:decode(ae.zeros(3, 2)))
    local told
    local before, path = io.stderr, support.temporary(".safetensors")
    rawset(io, "stderr", { write = function(_, text) told = text end })
    local reason = model:save(path)
    rawset(io, "stderr", before)
    assert.matches("the likelihood is Poisson, a class of your own", reason)
    assert.truthy(told)
    support.raises("holds weights alone", ae.load_model, path)
    support.clean()
  end)
end)
