local ae = require "aelua"
local support = require "spec.support.nn"
local nn = ae.nn

local raises = support.raises

-- The decoder gives the code itself: what is decoded can be told.
local function plain(given)
  local o = {
    input = { 3 }, latent = 3, encoder = nn.Sequential { nn.Flatten() },
    decoder = nn.Dense(3, { bias = false }), likelihood = { "gaussian", variance = 0.25 },
  }
  for key, value in pairs(given or {}) do o[key] = value end
  local model = ae.VAE(o)
  ae.no_grad(function()
    model.decoder.weight:copy_(ae.eye(3))
    model.posterior.mean.weight:copy_(ae.eye(3) * 2)
    model.posterior.mean.bias:fill_(0)
  end)
  return model
end

describe("a variational model", function()
  before_each(function() ae.seed(17) end)

  it("samples from its prior", function()
    local model = plain()
    local x = model:sample(20000, { batch_size = 3000 })
    assert.same({ 20000, 3 }, x.shape)
    assert.near(0, x:mean():item(), 0.02)
    assert.near(1, x:std():item(), 0.02)
    assert.near(math.sqrt(1.25), model:sample(20000, { draw = true }):std():item(), 0.02)
    local mixed = plain { prior = { "mixture", components = 2 } }
    ae.no_grad(function()
      mixed.posterior.prior.means:copy_(ae.tensor { { 5, 5, 5 }, { -5, -5, -5 } })
      mixed.posterior.prior.logvars:fill_(-4)
    end)
    local y = mixed:sample(4000)
    assert.near(5, y:abs():mean():item(), 0.05)
    assert.near(0.5, y:gt(0):mean():item(), 0.05)
  end)

  it("samples from a density that was fitted to its codes", function()
    local model = plain()
    local codes = ae.concat({ ae.randn(200, 3) * 0.1 + 4, ae.randn(200, 3) * 0.1 - 4 }, 1)
    local mixture = ae.latent.GaussianMixture(codes, 2)
    local x = model:sample(500, { from = mixture, batch_size = 64 })
    assert.same({ 500, 3 }, x.shape)
    assert.near(4, x:abs():mean():item(), 0.05)
    assert.near(0.5, x:gt(0):mean():item(), 0.1)
    support.near({ { 5, 5, 5 }, { 5, 5, 5 } }, model:sample(2, { from = function(n) return ae.full({ n, 3 }, 5) end }))
    assert.same({ 4, 3 }, model:sample(4, { from = ae.dist.Normal.standard { 1, 3 } }).shape)
  end)

  it("samples from a second model of its codes, whose samples are drawn", function()
    local model, second = plain(), plain()
    ae.no_grad(function() second.decoder.weight:fill_(0) end)
    -- What the second model expects of its data is 0; drawn, it has its likelihood's variance, 0.25.
    local x = model:sample(20000, { from = second })
    assert.near(0, x:mean():item(), 0.02)
    assert.near(0.5, x:std():item(), 0.02)
  end)

  it("says what it wants of a density", function()
    local model = plain()
    raises("VAE:sample: from wants something with a method sample%(n%), or a function, got number", model.sample, model, 3,
      { from = 3 })
    raises("VAE:sample wants codes %[3, 3%], got f%d+ %[3, 2%]", model.sample, model, 3,
      { from = function(n) return ae.ones(n, 2) end })
    raises("VAE:sample wants codes %[3, 3%], got f%d+ %[9%]", model.sample, model, 3, { from = function() return ae.ones(9) end })
    raises("VAE:sample wants codes %[3, 3%], got nil", model.sample, model, 3, { from = function() end })
  end)

  it("decodes what is expected of the data, in the units of the data", function()
    local x = ae.rand(50, 3) * 10 + 3
    local model = plain { scaler = ae.data.StandardScaler():fit(x) }
    support.near((model.scaler:inverse(ae.ones(2, 3))):totable(), model:decode(ae.ones(2, 3)))
    local bits = ae.VAE { input = { 3 }, latent = 2, encoder = nn.Dense(4), decoder = nn.Dense(3) }
    local z = ae.randn(4, 2)
    support.near(bits.decoder:forward(z):sigmoid():totable(), bits:decode(z))
    local drawn = bits:draw_from(z)
    assert.equal(12, drawn:eq(0):sum():item() + drawn:eq(1):sum():item())
  end)

  it("traverses one dimension at a time", function()
    local model = plain()
    support.near({ { -2, 0, 0 }, { 0, 0, 0 }, { 2, 0, 0 }, { 0, 0, -2 }, { 0, 0, 0 }, { 0, 0, 2 } },
      model:traverse { dims = { 1, 3 }, steps = 3, range = 2 })
    assert.same({ 33, 3 }, model:traverse().shape)
    support.near({ { 2, -1, 6 }, { 2, 1, 6 } }, model:traverse { dims = { 2 }, steps = 2, range = 1, of = ae.tensor { 1, 2, 3 } })
    raises("VAE:traverse: dims wants dimensions of the code, 1 to 3, got 4", model.traverse, model, { dims = { 1, 4 } })
    raises("VAE:traverse: of wants one sample, got 2", model.traverse, model, { of = ae.ones(2, 3) })
    raises("VAE:traverse has no option 'step'; did you mean 'steps'", model.traverse, model, { step = 2 })
  end)

  it("shows a plane of two dimensions, the second upwards", function()
    local model = plain()
    support.near({ { -1, 1, 0 }, { 1, 1, 0 }, { -1, -1, 0 }, { 1, -1, 0 } }, model:manifold { steps = 2, range = 1 })
    support.near({ { 0, 1, -1 }, { 0, 1, 1 }, { 0, -1, -1 }, { 0, -1, 1 } },
      model:manifold { steps = 2, range = 1, dims = { 3, 2 } })
    raises("VAE:manifold: dims wants two different dimensions, got { 2 }", model.manifold, model, { dims = { 2 } })
    raises("VAE:manifold: dims wants two different dimensions, got { 1, 1 }", model.manifold, model, { dims = { 1, 1 } })
  end)

  it("interpolates along lines and great circles", function()
    local model = plain()
    local a, b = ae.tensor { 1, 0, 0 }, ae.tensor { 0, 1, 0 }
    support.near({ { 2, 0, 0 }, { 1, 1, 0 }, { 0, 2, 0 } }, model:interpolate(a, b, { steps = 3 }))
    local half = 2 * math.sqrt(0.5)
    support.near({ { 2, 0, 0 }, { half, half, 0 }, { 0, 2, 0 } }, model:interpolate(a, b, { steps = 3, kind = "spherical" }))
    support.near({ { 2, 0, 0 }, { 3, 0, 0 }, { 4, 0, 0 } },
      model:interpolate(a, a * 2, { steps = 3, kind = "spherical" }))
    local two = ae.stack({ a, b }, 1)
    assert.same({ 8, 3 }, model:interpolate(two, two:flip(1), { steps = 4 }).shape)
    raises("VAE:interpolate wants as many samples at both ends, got 1 and 2", model.interpolate, model, a, two)
    raises("kind wants one of linear, spherical, got 'spherica'; did you mean 'spherical'", model.interpolate, model, a, b,
      { kind = "spherica" })
  end)

  it("refuses a number of samples that is none", function()
    local model = plain()
    raises("VAE:sample wants a number of samples from 1 up, got 0", model.sample, model, 0)
    raises("VAE:sample wants a number of samples from 1 up, got nil", model.sample, model)
    raises("VAE:decode wants %[N, 3%], got %[2, 2%]", model.decode, model, ae.ones(2, 2))
  end)
end)
