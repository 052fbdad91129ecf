local ae = require "aelua"
local fails = require "spec.support.fails"
local support = require "spec.support.nn"
local nn = ae.nn

local raises = support.raises

local function vae(given, class)
  local o = {
    input = { 2, 3 }, latent = 2, encoder = nn.Sequential { nn.Flatten(), nn.Dense(4, "tanh") },
    decoder = nn.Sequential { nn.Dense(4, "tanh"), nn.Dense { 2, 3 } },
  }
  for key, value in pairs(given or {}) do o[key] = value end
  return ae[class or "VAE"](o)
end

describe("VAE", function()
  before_each(function() ae.seed(25) end)

  it("learns, and asks its posterior's means", function()
    local model = vae { metrics = { "mse" } }
    local x = ae.bernoulli({ 128, 1, 3 }, 0.5):tile { 1, 2, 1 }
    local before = model:evaluate(x)
    local history = model:fit(x, { epochs = 60, batch_size = 32, verbose = 0, optimizer = ae.optim.Adam { lr = 0.02 } })
    local after = model:evaluate(x)
    assert.is_true(after.loss < before.loss - 0.5, ("%g, then %g"):format(before.loss, after.loss))
    assert.is_true(after.mse < before.mse)
    assert.equal(128, #model:encode(x))
    support.near(model:infer(x):mean():totable(), model:encode(x))
    assert.same(x.shape, model:reconstruct(x).shape)
    assert.same(model:reconstruct(x):totable(), model:decode(model:encode(x)):totable())
    assert.same({ "loss", "beta", "kl", "reconstruction", "mse", "active_units" },
      table.move(history.columns, 2, 7, 1, {}))
  end)

  it("adds penalties, corruption and targets as every model does", function()
    local calls = 0
    local model = vae {
      decoder = nn.Sequential { nn.Dense({ 2, 3 }, { l2 = 0.1 }) },
      corruption = function(x)
        calls = calls + 1
        return x * 0
      end,
    }
    local x = ae.rand(4, 2, 3)
    local total, terms = model:losses { input = x, target = x * 0.5 }
    assert.equal(1, calls)
    assert.near(total:item(), (terms.reconstruction + terms.kl + terms.l2):item(), 1e-5)
    support.near(model:infer(x * 0):kl():mean():item(), terms.kl)
    model:eval()
    model:losses { input = x }
    assert.equal(1, calls)
  end)

  it("reports a loss without free bits where it is not trained", function()
    local model, x = vae { free_bits = 5 }, ae.rand(4, 2, 3)
    local _, terms = model:losses { input = x }
    assert.near(10, terms.kl:item() + terms.free_bits:item(), 1e-4)
    local row = model:evaluate(x)
    assert.is_nil(row.free_bits)
    assert.near(row.loss, row.reconstruction + row.kl, 1e-4)
  end)

  it("is extended by a class that states its loss", function()
    local Half = ae.VariationalModel:extend("Half")
    function Half:objective(q, target)
      local raw = self:generate(q:mean())
      local reconstruction = self.likelihood:nll(raw, target)
      return reconstruction * 0.5, { reconstruction = reconstruction }, raw
    end
    local model = vae()
    local half = Half {
      input = { 2, 3 }, latent = 2, encoder = model.encoder, decoder = model.decoder,
    }
    local total, terms = half:losses { input = ae.rand(3, 2, 3) }
    assert.near(total:item(), 0.5 * terms.reconstruction:item(), 1e-6)
    assert.equal("integer", math.type(half:fit(ae.rand(8, 2, 3), { verbose = 0 }):last().active_units))
  end)

  it("is extended by a class whose codes are no distribution", function()
    local Rounded = nn.Module:extend("Rounded")
    function Rounded:forward(x) return x:round() end
    local Discrete = ae.VariationalModel:member("Discrete", { without = { "latent", "prior", "bound" } })
    function Discrete:make_posterior() return Rounded() end
    function Discrete:infer(x) return self.posterior:forward(self.encoder:forward(x)) end
    function Discrete:encode_batch(x) return self:infer(x) end
    function Discrete:objective(codes, target)
      local raw = self:generate(codes)
      local reconstruction = self.likelihood:nll(raw, target)
      return reconstruction, { reconstruction = reconstruction }, raw
    end
    local model = Discrete {
      input = { 2, 2, 1 }, encoder = nn.Conv2d(3, 1), decoder = nn.Conv2d(1, 1),
    }
    assert.same({ 2, 2, 3 }, model.code)
    local x = ae.rand(4, 2, 2, 1)
    local row = model:fit(x, { verbose = 0, validation = x }):last()
    assert.near(row.val_loss, row.val_reconstruction, 1e-6)
    assert.is_nil(row.active_units)
    assert.same(x.shape, model:decode(model:encode(x)).shape)
    raises("Discrete:traverse wants codes that are lists of numbers; this model's are %[N, 2, 2, 3%]", model.traverse, model)
    raises("Discrete has no prior of codes", model.sample, model, 3)
    raises("Discrete has no prior of codes", model.elbo, model, x)
    raises("Discrete has no option 'latent'", Discrete, { input = { 2 }, latent = 2 })
  end)

  it("has a conv encoder where it ends flat", function()
    local model = vae {
      input = { 8, 8, 1 },
      encoder = nn.Sequential { nn.Conv2d(4, 3, { stride = 2, padding = "same", activation = "relu" }), nn.Flatten() },
      decoder = nn.Sequential {
        nn.Dense({ 4, 4, 4 }, "relu"), nn.ConvTranspose2d(1, 3, { stride = 2, padding = "same" }),
      },
    }
    assert.same({ 3, 8, 8, 1 }, model:sample(3).shape)
    raises("posterior Variational: wants features %[N, F%], got %[N, 4, 4, 4%]; nn.Flatten%(%) before it", vae, {
      input = { 8, 8, 1 }, encoder = nn.Sequential { nn.Conv2d(4, 3, { stride = 2, padding = "same" }) },
    })
  end)

  for _, flow in ipairs { { "householder", steps = 2 }, { "iaf", steps = 2, hidden = 8 } } do
    describe("with the flow " .. flow[1], function()
      after_each(support.clean)

      it("learns, and is the same bits after save and load", function()
        local x = ae.bernoulli({ 64, 1, 3 }, 0.5):tile { 1, 2, 1 }
        local path = support.temporary ".safetensors"
        for _, class in ipairs { "VAE", "BetaVAE", "IWAE" } do
          local model = vae({ flow = flow }, class)
          local before = model:evaluate(x).loss
          model:fit(x, { epochs = 30, batch_size = 16, verbose = 0, optimizer = ae.optim.Adam { lr = 0.02 } })
          local after = model:evaluate(x)
          assert.is_true(after.loss < before - 0.3, ("%s: %g, then %g"):format(class, before, after.loss))
          assert.equal("integer", math.type(after.active_units))
          model:save(path)
          local again = ae.load_model(path)
          assert.equal(model:summary(), again:summary())
          local function numbers(of)
            ae.seed(3)
            return { of:evaluate(x), of:encode(x):totable(), of:sample(2):totable() }
          end
          assert.same(numbers(model), numbers(again))
        end
      end)

      -- Of a linear decoder with normal noise the likelihood is known: x is normal, its covariance W W' + 0.5.
      it("estimates the likelihood that can be worked out", function()
        local model = ae.VAE {
          input = { 1 }, latent = 2, encoder = nn.Dense(3, "tanh"), decoder = nn.Dense(1), flow = flow,
          likelihood = { "gaussian", variance = 0.5 },
        }
        -- A posterior that is wider than the true one, so that no code counts for many.
        ae.no_grad(function()
          model.decoder.weight:copy_(ae.tensor { { 0.8 }, { -0.3 } })
          model.posterior.logvar.bias:fill_(1.5)
        end)
        local x, variance = ae.tensor { { 0.5 }, { -1 } }, 0.8 ^ 2 + 0.3 ^ 2 + 0.5
        local wanted = -0.5 * (math.log(2 * math.pi * variance) + (0.25 + 1) / 2 / variance)
        assert.near(wanted, model:log_likelihood(x, { samples = 100000 }), 0.02)
        assert.is_true(model:elbo(x, { samples = 2000 }) < wanted)
      end)
    end)
  end

  describe("refuses", function()
    it("a latent size of 0, and options that it does not have", function()
      raises("VAE: latent wants at least 1, got 0", vae, { latent = 0 })
      raises("VAE: latent wants integer, got 2.5", vae, { latent = 2.5 })
      raises("VAE has no option 'latnt'; did you mean 'latent'", vae, { latnt = 3 })
      raises("VAE: no likelihood 'gausian'; did you mean 'gaussian'", vae, { likelihood = "gausian" })
      raises("VAE: likelihood bernoulli has no option 'variance'", vae, { likelihood = { "bernoulli", variance = 2 } })
      raises("likelihood gaussian: variance wants a number above 0", vae, { likelihood = { "gaussian", variance = -1 } })
      raises("BetaVAE: of beta and capacity only one can be", vae, { beta = 2, capacity = 3 }, "BetaVAE")
      raises("BetaVAE: gamma wants capacity", vae, { gamma = 3 }, "BetaVAE")
      raises("VAMP has no option 'prior'", vae, { prior = "mixture" }, "VAMP")
      raises("VAMP has no option 'flow'", vae, { flow = "iaf" }, "VAMP")
      raises("no flow 'ifa'; did you mean 'iaf'", vae, { flow = "ifa" })
      raises("VAE: input wants one shape, got named ones", vae, { input = { a = { 2 } } })
      raises("VAE wants a table of options, got nil", ae.VAE)
    end)

    it("an encoder that ends with a distribution already", function()
      local ready = nn.Sequential { nn.Flatten(), nn.Sequential { nn.Variational(2) } }
      for _, class in ipairs { "VAE", "IWAE" } do
        raises(class .. ": the encoder ends with Variational, which gives a distribution; ae.VAE takes the features", vae,
          { encoder = ready }, class)
      end
      raises("Autoencoder: the encoder ends with Variational", ae.Autoencoder,
        { input = { 4 }, encoder = nn.Variational(2), decoder = nn.Dense(4) })
    end)

    it("a decoder that does not give back the input's shape, or ends with a sigmoid", function()
      raises("VAE: decoder%[1%] Dense gives %[3, 2%], the input is %[2, 3%]", vae,
        { decoder = nn.Sequential { nn.Dense { 3, 2 } } })
      raises("decoder%[2%] Dense gives %[2, 3%], the likelihood gaussian of the input %[2, 3%] is %[2, 6%]", vae,
        { likelihood = { "gaussian", variance = "per_pixel" } })
      for _, kind in ipairs { "bernoulli", "continuous_bernoulli" } do
        raises("VAE: the decoder ends with sigmoid, but the likelihood " .. kind .. " takes logits", vae,
          { likelihood = kind, decoder = nn.Sequential { nn.Dense({ 2, 3 }, "sigmoid") } })
      end
      assert.truthy(vae { likelihood = "gaussian", decoder = nn.Sequential { nn.Dense({ 2, 3 }, "sigmoid") } })
    end)

    it("data that the likelihood is not of, before anything has changed", function()
      local model = vae()
      local before = model.decoder[1].weight:totable()
      fails("invalid", "VAE: the likelihood bernoulli wants data from 0 to 1, got 0 to 2", function()
        model:fit(ae.tensor { { { 0, 1, 2 }, { 0, 0, 0 } } }, { verbose = 0 })
      end)
      assert.same(before, model.decoder[1].weight:totable())
      raises("wants data from 0 to 1", model.evaluate, model, ae.full({ 2, 2, 3 }, -0.5))
      raises("wants data from 0 to 1", model.log_likelihood, model, ae.full({ 2, 2, 3 }, 3))
      assert.truthy(vae { likelihood = "gaussian" }:evaluate(ae.full({ 2, 2, 3 }, 3)))
    end)

    it("a log variance that is not finite, naming epoch, batch and layer", function()
      local model = vae { encoder = nn.Sequential { nn.Flatten(), nn.Dense(4) } }
      ae.no_grad(function()
        model.encoder[2].weight:fill_(1e10)
        model.posterior.logvar.weight:fill_(ae.real == "f64" and 1e299 or 1e30)
      end)
      local before = model.decoder[1].weight:totable()
      raises("in epoch 1, batch 1: the output of posterior.logvar %(Dense%) is not finite", model.fit, model,
        ae.rand(8, 2, 3), { verbose = 0, batch_size = 4 })
      assert.same(before, model.decoder[1].weight:totable())
    end)
  end)
end)
