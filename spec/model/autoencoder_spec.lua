local ae = require "aelua"
local support = require "spec.support.nn"
local nn = ae.nn

local raises = support.raises

local function small(options)
  local given = {
    input = { 2, 3 },
    encoder = nn.Sequential { nn.Flatten(), nn.Dense(3, "relu") },
    decoder = nn.Sequential { nn.Dense({ 2, 3 }, "sigmoid") },
    loss = "bce",
  }
  for key, value in pairs(options or {}) do given[key] = value end
  return ae.Autoencoder(given)
end

describe("Autoencoder", function()
  before_each(function() ae.seed(30) end)

  it("computes and differentiates as PyTorch does", function()
    local case = support.cases("autoencoder")[1]
    local model = ae.Autoencoder {
      input = { 6 },
      encoder = nn.Sequential { nn.Dense(3, { activation = "relu", l2 = 0.01 }) },
      decoder = nn.Sequential { nn.Dense(6, { activation = "sigmoid", l2 = 0.01 }) },
      loss = "bce",
    }
    model:load_state_dict {
      ["encoder.1.weight"] = ae.tensor(case.w1), ["encoder.1.bias"] = ae.tensor(case.b1),
      ["decoder.1.weight"] = ae.tensor(case.w2), ["decoder.1.bias"] = ae.tensor(case.b2),
    }
    local x = ae.tensor(case.x)
    support.near(case.code, model:encode(x), "code")
    support.near(case.reconstruction, model:reconstruct(x), "reconstruction")
    local total, terms, prediction = model:losses({ input = x }, true)
    support.near(case.loss, total, "loss")
    support.near(case.bce, terms.reconstruction, "bce")
    support.near(case.l2, terms.l2, "l2")
    support.near(case.reconstruction, prediction, "prediction")
    total:backward()
    support.near(case.gw1, model.encoder[1].weight.grad, "w1")
    support.near(case.gb1, model.encoder[1].bias.grad, "b1")
    support.near(case.gw2, model.decoder[1].weight.grad, "w2")
    support.near(case.gb2, model.decoder[1].bias.grad, "b2")
  end)

  it("has correct gradients of its whole loss", function()
    local model = small {
      encoder = nn.Sequential { nn.Flatten(), nn.Dense(3, { activation = "sigmoid", l2 = 0.1, activity_l1 = 0.05 }) },
    }
    local x = ae.rand { 4, 2, 3 }
    local parameters = model:parameters()
    assert.is_true(ae.gradcheck(function() return (model:losses { input = x }) end, table.unpack(parameters)))
  end)

  it("measures metrics in the units of the data, whatever the scaler", function()
    local x = ae.rand({ 8, 2, 3 }) * 10 + 5
    local model = small { scaler = ae.data.StandardScaler():fit(x), loss = "mse", metrics = { "mse" } }
    local wanted = (model:reconstruct(x) - x):square():mean():item()
    local row = model:evaluate(x)
    assert.near(wanted, row.mse, 1e-4 * wanted)
    assert.is_true(row.loss < row.mse)
    model:fit(x, { verbose = 0, batch_size = 8, optimizer = ae.optim.SGD { lr = 0 } })
    assert.near(wanted, model:fit(x, { verbose = 0, optimizer = ae.optim.SGD { lr = 0 } }):last().mse, 1e-4 * wanted)
  end)

  it("reports the losses of named inputs, weighted by their samples", function()
    local Join, Fork = nn.Module:extend("Join"), nn.Module:extend("Fork")
    function Join:init() self.dense = nn.Dense(2) end
    function Join:forward(x) return self.dense:forward(ae.concat({ x.a, x.b }, 2)) end
    function Fork:init() self.a, self.b = nn.Dense(2), nn.Dense(3) end
    function Fork:forward(z) return { a = self.a:forward(z), b = self.b:forward(z) } end
    local model = ae.Autoencoder { input = { a = { 2 }, b = { 3 } }, encoder = Join(), decoder = Fork(), loss = "mse" }
    local set = ae.data.tensors { a = ae.rand(10, 2), b = ae.rand(10, 3) }
    local history = model:fit(set, { batch_size = 4, epochs = 2, verbose = 0, validation = 0.2 })
    assert.equal(2, #history.epochs)
    local row = model:evaluate(set)
    assert.near(row.loss, row.a + row.b, 1e-6)
    local got = model:reconstruct(set)
    assert.near(row.a, (got.a - set:stored().a):square():mean():item(), 1e-5)
    raises("compare tensors, got table", model.evaluate, model, set, { metrics = { "mse" } })
  end)

  it("refuses a corruption that gives another shape", function()
    local model = small { corruption = function(x) return x[1] end }
    raises("Autoencoder: corruption wants to give a tensor %[4, 2, 3%], got %[2, 3%]", model.fit, model, ae.rand { 4, 2, 3 },
      { verbose = 0 })
  end)

  it("gives one result each", function()
    local model, x = small(), ae.rand { 4, 2, 3 }
    assert.equal(1, select("#", model:encode(x)))
    assert.equal(1, select("#", model:reconstruct(x)))
  end)

  it("has the same loss with the sigmoid apart", function()
    local model = small()
    local x = ae.rand { 5, 2, 3 }
    local fused = model:losses { input = x }
    local apart = nn.loss.bce(model:forward(x), x)
    assert.near(apart:item(), fused:item(), 1e-6)
  end)

  it("names its parts and lists the encoder first", function()
    local names = {}
    for name in small():named_parameters() do names[#names + 1] = name end
    assert.same({ "encoder.2.weight", "encoder.2.bias", "decoder.1.weight", "decoder.1.bias" }, names)
  end)

  it("is built when it is made", function()
    local model = small()
    assert.same({ 2, 3 }, model.input)
    assert.same({ 3 }, model.code)
    assert.same({ 2, 3 }, model.output)
    assert.same({ 2, 3 }, model:build { 2, 3 })
    raises("Autoencoder was made for %[2, 3%], got %[4%]", model.build, model, { 4 })
  end)

  it("compares with the target where the batch has one", function()
    local model = small { loss = "mse" }
    local x, target = ae.rand { 4, 2, 3 }, ae.rand { 4, 2, 3 }
    local wanted = nn.loss.mse(model:forward(x), target):item()
    assert.near(wanted, model:losses({ input = x, target = target }):item(), 1e-6)
  end)

  it("may have targets of another shape", function()
    local model = ae.Autoencoder {
      input = { 4 }, target = { 2, 4 },
      encoder = nn.Dense(3), decoder = nn.Dense { 2, 4 },
    }
    assert.same({ 2, 4 }, model.output)
    assert.is_true(model:losses({ input = ae.ones { 3, 4 }, target = ae.ones { 3, 2, 4 } }):item() >= 0)
  end)

  it("corrupts the input in training mode alone", function()
    local calls = 0
    local model = small { corruption = function(x)
      calls = calls + 1
      return x * 0
    end }
    local x = ae.rand { 4, 2, 3 }
    model:losses { input = x }
    assert.equal(1, calls)
    model:eval()
    model:losses { input = x }
    model:reconstruct(x)
    assert.equal(1, calls)
    assert.is_true(small { corruption = ae.noise.gaussian(0.1) }:losses({ input = x }):item() > 0)
  end)

  it("takes bytes as shares of 255", function()
    local model = small()
    local bytes = ae.tensor({ { { 0, 51, 255 }, { 102, 153, 204 } } }, { dtype = "u8" })
    local x = ae.tensor { { { 0, 0.2, 1 }, { 0.4, 0.6, 0.8 } } }
    support.near(model:reconstruct(x):totable(), model:reconstruct(bytes))
    assert.near(model:losses({ input = x }):item(), model:losses({ input = bytes }):item(), 1e-6)
  end)

  it("scales at the door, and back", function()
    local scaler = {}
    function scaler.transform(_, t) return (t - 10) / 2 end
    function scaler.inverse(_, t) return t * 2 + 10 end
    local model = small { scaler = scaler, loss = "mse" }
    local x = ae.rand { 4, 2, 3 } * 2 + 10
    local scaled = (x - 10) / 2
    support.near((model:forward(scaled) * 2 + 10):totable(), model:reconstruct(x))
    support.near(model.encoder:forward(scaled):totable(), model:encode(x))
    support.near((model.decoder:forward(ae.ones { 1, 3 }) * 2 + 10):totable(), model:decode(ae.ones { 1, 3 }))
    assert.near(nn.loss.mse(model:forward(scaled), scaled):item(), model:losses({ input = x }):item(), 1e-6)
  end)

  it("takes named inputs through modules of one's own", function()
    local Join = nn.Module:extend("Join")
    function Join:init() self.dense = nn.Dense(3) end
    function Join:forward(inputs) return self.dense:forward(ae.concat({ inputs.a, inputs.b }, 2)) end
    local Fork = nn.Module:extend("Fork")
    function Fork:init()
      self.a = nn.Dense(2)
      self.b = nn.Dense(4)
    end
    function Fork:forward(z) return { a = self.a:forward(z), b = self.b:forward(z) } end
    local model = ae.Autoencoder { input = { a = { 2 }, b = { 4 } }, encoder = Join(), decoder = Fork(), loss = "mse" }
    assert.same({ 3 }, model.code)
    local input = { a = ae.rand { 5, 2 }, b = ae.rand { 5, 4 } }
    local total, terms, prediction = model:losses({ input = input }, true)
    local wanted = nn.loss.mse(prediction.a, input.a):item() + nn.loss.mse(prediction.b, input.b):item()
    assert.near(wanted, total:item(), 1e-6)
    assert.near(total:item(), terms.a:item() + terms.b:item(), 1e-6)
    assert.same({ 5, 3 }, model:encode(input).shape)
    local result = model:reconstruct(input, { batch_size = 2 })
    assert.same({ 5, 4 }, result.b.shape)
    support.near(prediction.a:totable(), result.a)
    raises("Autoencoder:encode wants a tensor 'b', got nil", model.encode, model, { a = input.a })
    raises("named tensors hold", model.encode, model, { a = input.a, b = ae.rand { 4, 4 } })
  end)

  describe("refuses", function()
    it("a decoder that misses the input's shape, when it is made", function()
      local failure = raises("Autoencoder: decoder%[1%] Dense gives %[16, 16%], the input is %[28, 28, 1%]", ae.Autoencoder, {
        input = { 28, 28, 1 }, encoder = nn.Sequential { nn.Flatten(), nn.Dense(4) },
        decoder = nn.Sequential { nn.Dense { 16, 16 } },
      })
      assert.equal("shape", failure.code)
    end)

    it("an activation that the loss applies itself", function()
      for loss, ending in pairs { bce_logits = "sigmoid", cross_entropy_logits = "softmax" } do
        raises(("the decoder ends with %s, but the loss %s takes logits and applies it itself; did you mean loss = \"%s\"?")
          :format(ending, loss, (loss:gsub("_logits", ""))), small,
          { input = { 6 }, loss = loss, decoder = nn.Sequential { nn.Dense(6, ending) } })
      end
    end)

    it("targets of bce outside 0..1, as they come or as a scaler makes them", function()
      local light, unit = ae.ones { 4, 2, 3 } * 200, ae.ones { 4, 2, 3 }
      local decoder = nn.Sequential { nn.Dense { 2, 3 } }
      local text = "Autoencoder: the loss %s wants targets from 0 to 1, got 200 to 200"
      for _, loss in ipairs { "bce", "bce_logits" } do
        raises(text:format(loss), function() small({ loss = loss, decoder = decoder }):fit(light, { verbose = 0 }) end)
        raises(text:format(loss), function() small({ loss = loss, decoder = decoder }):evaluate(light) end)
        raises(text:format(loss), function()
          small({ loss = loss, decoder = decoder }):fit(unit, { verbose = 0, validation = light })
        end)
      end
      local late = ae.concat({ unit, unit * 3 }, 1)
      for _, loss in ipairs { "bce", "bce_logits" } do
        local model = small { loss = loss, decoder = decoder }
        raises("from 0 to 1, got 3 to 3", model.fit, model, late, { shuffle = false, batch_size = 4, verbose = 0 })
        raises("from 0 to 1, got 3 to 3", model.evaluate, model, late, { batch_size = 4 })
      end
      local scaler = ae.data.MinMaxScaler({ low = -1 }):fit(ae.concat({ unit, unit * 0 }, 1))
      raises("bce wants targets from 0 to 1, got %-1 to 1", function()
        small({ loss = "bce", scaler = scaler }):evaluate(ae.concat({ unit, unit * 0 }, 1))
      end)
      assert.is_number(small({ loss = "bce_logits", decoder = decoder }):evaluate(unit + 1e-6).loss)
      local bytes = ae.data.tensors(ae.full({ 4, 2, 3 }, 255, { dtype = "u8" }))
      raises("bce_logits wants targets from 0 to 1, got 2 to 2", function()
        small({ loss = "bce_logits", decoder = decoder }):evaluate(bytes:map(function(x) return x * 2 end))
      end)
      raises("bce wants targets from 0 to 1, got 3 to 3", function()
        local scaled = ae.data.MinMaxScaler({ low = 2, high = 3 }):fit(ae.concat({ unit, unit * 0 }, 1))
        small({ loss = "bce", scaler = scaled }):evaluate(bytes)
      end)
    end)

    it("layers that do not fit, by name", function()
      raises("decoder%[2%] Reshape: reshape: 128 values %[128%] do not fill %[16, 16%]", ae.Autoencoder, {
        input = { 256 }, encoder = nn.Sequential { nn.Dense(8) },
        decoder = nn.Sequential { nn.Dense(128), nn.Reshape(16, 16) },
      })
      local model = small()
      raises("encoder%[1%] Flatten: ", function() model:losses { input = ae.rand { 4, 5 } } end)
      local Broken = nn.Module:extend("Broken")
      function Broken:forward(x)
        if #x > 1 then error("too many") end
        return x
      end
      local own = ae.Autoencoder { input = { 2 }, encoder = Broken(), decoder = nn.Sequential { nn.Dense(2), Broken() } }
      raises("encoder Broken: .*too many", function() own:losses { input = ae.ones { 2, 2 } } end)
      own.encoder = nn.Dense(2)
      raises("decoder%[2%] Broken: .*too many", function() own:reconstruct(ae.ones { 2, 2 }) end)
    end)

    it("options that do not exist, are missing or are not what they should be", function()
      raises("Autoencoder has no option 'encodr'; did you mean 'encoder'", ae.Autoencoder,
        { input = { 1 }, encodr = nn.Flatten(), decoder = nn.Flatten() })
      raises("Autoencoder wants the option 'decoder'", ae.Autoencoder, { input = { 1 }, encoder = nn.Flatten() })
      raises("Autoencoder wants a table of options, got nil", ae.Autoencoder)
      raises("encoder wants a module, got string", small, { encoder = "relu" })
      raises("encoder wants a module, got a class Flatten; call it: Flatten%(...%)", small, { encoder = nn.Flatten })
      raises("Autoencoder: no loss 'bcd'; did you mean 'bce'", small, { loss = "bcd" })
      raises("no metric 'pnsr'; did you mean 'psnr'", small, { metrics = { "pnsr" } })
      raises("corruption wants a function or a noise, got number", small, { corruption = 0.4 })
      raises("size 2 of a shape wants a positive integer, got 0", small, { input = { 2, 0 } })
    end)
  end)

  it("can be extended by a class that states its loss", function()
    local Doubtful = ae.Autoencoder:extend("Doubtful")
    function Doubtful:losses(batch)
      local total = nn.loss.mae(self:forward(batch.input), batch.input)
      return total * 2, { mae = total }
    end
    local model = Doubtful { input = { 3 }, encoder = nn.Dense(2), decoder = nn.Dense(3) }
    local total, terms = model:losses { input = ae.ones { 2, 3 } }
    assert.near(total:item(), 2 * terms.mae:item(), 1e-6)
    raises("Doubtful wants the option 'encoder'", Doubtful, { input = { 3 }, decoder = nn.Dense(3) })
  end)

  describe("refuses", function()
    local function refused(text, options) raises(text, small, options) end

    it("samples and targets that are not of its shape", function()
      local model, good, bad = small(), ae.rand { 4, 2, 3 }, ae.rand { 4, 3, 3 }
      raises("Autoencoder:fit wants %[N, 2, 3%], got %[N, 3, 3%]", model.fit, model, bad)
      raises("Autoencoder:fit: validation wants %[N, 2, 3%], got %[N, 3, 3%]", model.fit, model, good, { validation = bad })
      raises("Autoencoder:evaluate wants %[N, 2, 3%], got %[N, 3, 3%]", model.evaluate, model, bad)
      local pairs_of = ae.data.pairs(good, bad)
      raises("Autoencoder:fit wants targets %[N, 2, 3%], got %[N, 3, 3%]", model.fit, model, pairs_of)
      raises("Autoencoder:evaluate wants targets %[N, 2, 3%], got %[N, 3, 3%]", model.evaluate, model, pairs_of)
    end)

    it("but leaves targets to a loss of one's own", function()
      local model = small { loss = function(prediction, target) return prediction:mean() * target:mean() end }
      assert.equal(1, #model:fit(ae.data.pairs(ae.rand { 4, 2, 3 }, ae.rand { 4, 1 }), { verbose = 0 }).epochs)
    end)

    it("a scaler that cannot scale", function()
      refused("scaler is a class; StandardScaler%(%):fit%(train%) makes one", { scaler = ae.data.StandardScaler })
      refused("the scaler is not fitted; scaler:fit%(train%) comes first", { scaler = ae.data.StandardScaler() })
      refused("scaler wants methods transform and inverse", { scaler = {} })
    end)

    it("a layer whose forward returns nothing", function()
      local Forgetful = nn.Module:extend("Forgetful")
      function Forgetful:forward() end
      refused("encoder%[2%] Forgetful: forward returned nothing", {
        encoder = nn.Sequential { nn.Flatten(), Forgetful() },
      })
      refused("encoder Forgetful: forward returned nothing", { encoder = Forgetful() })
      local Late = nn.Module:extend("Late")
      function Late:build(shape) return shape end
      function Late:forward() end
      local model = small { encoder = nn.Sequential { nn.Flatten(), Late() } }
      raises("encoder%[2%] Late: forward returned nothing", model.encode, model, ae.rand { 1, 2, 3 })
      model = ae.Autoencoder { input = { 3 }, encoder = Late(), decoder = nn.Dense(3) }
      raises("encoder Late: forward returned nothing", model.encode, model, ae.rand { 1, 3 })
    end)

    it("methods that it does not have, with those that it has", function()
      raises("Autoencoder has no method 'predict'; did you mean 'reconstruct'", function() small():predict() end)
      for _, name in ipairs { "sample", "draw_from", "traverse", "manifold", "interpolate", "elbo", "log_likelihood" } do
        raises(("Autoencoder has no method '%s': it wants a distribution of codes, which variational models have %%(ae.VAE")
          :format(name), function() small()[name](small(), 4) end)
      end
      raises("Autoencoder has no method 'tokens': it wants codes that are numbered, which ae.VQVAE and ae.CategoricalVAE have",
        function() small():tokens(ae.rand { 1, 2, 3 }) end)
      raises("Sequential has no method 'fit', which models have", function() nn.Sequential {}:fit() end)
      raises("Dense has no method 'compile'$", function() nn.Dense(2):compile() end)
    end)
  end)
end)
