local ae = require "aelua"
local support = require "spec.support.nn"
local nn = ae.nn

local raises = support.raises

local function small(options)
  local given = {
    input = { 6 }, encoder = nn.Sequential { nn.Dense(3, "tanh"), nn.Dropout(0.5) }, decoder = nn.Dense(6), loss = "mse",
  }
  for key, value in pairs(options or {}) do given[key] = value end
  return ae.Autoencoder(given)
end

describe("a model", function()
  before_each(function() ae.seed(31) end)

  it("encodes, decodes and reconstructs tensors, in batches of any size", function()
    local model = small()
    local x = ae.rand { 11, 6 }
    model:eval()
    local codes, results = model.encoder:forward(x), model:forward(x)
    for _, size in ipairs { 1, 4, 11, 256 } do
      local o = { batch_size = size }
      support.near(codes:totable(), model:encode(x, o))
      support.near(results:totable(), model:reconstruct(x, o))
      support.near(results:totable(), model:decode(codes, o))
    end
    assert.same({ 0, 3 }, model:encode(ae.zeros { 0, 6 }).shape)
  end)

  it("is asked without gradients, in evaluation mode, which is put back", function()
    local model = small()
    local x = ae.rand { 5, 6 }
    model.decoder:eval()
    local codes = model:encode(x)
    assert.is_false(codes.requires_grad)
    assert.same(codes:totable(), model:encode(x):totable())
    assert.is_true(model.training)
    assert.is_true(model.encoder[2].training)
    assert.is_false(model.decoder.training)
    raises("wants %[N, 6%], got %[5, 5%]", model.encode, model, ae.rand { 5, 5 })
    assert.is_true(model.encoder[2].training)
  end)

  it("builds layers that were put in later, and runs nothing where there are none", function()
    local model, runs = small(), 0
    local probe = model.probe
    function model:probe()
      runs = runs + 1
      return probe(self)
    end
    model:build_added()
    assert.same({ 6 }, model:build { 6 })
    assert.equal(0, runs)
    model.encoder[1] = nn.Dense(3)
    model:build { 6 }
    assert.equal(1, runs)
    assert.same({ 6, 3 }, model.encoder[1].weight.shape)
  end)

  it("puts modes back where a layer raises, and sees what has changed since the last question", function()
    local model = small()
    local x = ae.rand { 1, 6 }
    local Odd = nn.Module:extend("Odd")
    function Odd:forward(t)
      self.seen = self.training
      return self.fails and error("stop") or t
    end
    model:encode(x)
    local odd = Odd()
    model.encoder[2], odd.fails = odd, true
    for _, method in ipairs { "encode", "reconstruct" } do
      raises("encoder%[2%] Odd: .*stop", model[method], model, x)
      assert.is_false(odd.seen)
      assert.is_true(odd.training and model.training and model.encoder.training)
    end
    odd.fails, odd.seen = false, nil
    odd:eval()
    model:encode(x)
    assert.is_false(odd.seen)
    assert.is_false(odd.training)
    odd:train()
    model:encode(x)
    assert.is_false(odd.seen)
    assert.is_true(odd.training)
    model.encoder = nn.Sequential { nn.Dense(3), Odd() }
    assert.same(model.encoder:forward(x):totable(), model:encode(x):totable())
    assert.is_false(model.encoder[2].seen)
    assert.is_true(model.encoder[2].training)
  end)

  it("asks by the methods that a class or an object has of its own", function()
    local Mine, calls = ae.Autoencoder:extend("Mine"), {}
    function Mine:quietly(...)
      calls[#calls + 1] = "quietly"
      return ae.Autoencoder.quietly(self, ...)
    end
    function Mine:prepare(value)
      calls[#calls + 1] = "prepare"
      return value * 2
    end
    function Mine:encode_batch(x) return self.encoder:forward(x) end
    local model = Mine { input = { 2 }, encoder = nn.Dense(2), decoder = nn.Dense(2) }
    local x = ae.rand { 1, 2 }
    support.near(model.encoder:forward(x * 2):totable(), model:encode(x))
    assert.same({ "quietly", "prepare" }, calls)
    local outputs = {}
    model:watch(function(place) outputs[#outputs + 1] = place end, model.reconstruct, model, x)
    assert.same({ "encoder", "decoder", "" }, outputs)
  end)

  it("asks data sets as it asks tensors", function()
    local model = small()
    local x = ae.rand { 11, 6 }
    local set = ae.data.dataset(x)
    support.near(model:encode(x):totable(), model:encode(set, { batch_size = 4 }))
    support.near(model:reconstruct(x):totable(), model:reconstruct(set))
    assert.near(model:evaluate(x).loss, model:evaluate(set, { batch_size = 4 }).loss, 1e-5)
  end)

  it("evaluates loss, terms and metrics over all samples", function()
    local model = small { metrics = { "mse", "mae" }, decoder = nn.Dense(6, { l2 = 0.1 }) }
    local x = ae.rand { 10, 6 }
    local row = model:evaluate(x, { batch_size = 3 })
    local difference = model:reconstruct(x) - x
    assert.near(difference:square():mean():item(), row.mse, 1e-5)
    assert.near(difference:square():mean():item(), row.reconstruction, 1e-5)
    assert.near(difference:abs():mean():item(), row.mae, 1e-5)
    assert.near(0.1 * model.decoder.weight:square():sum():item(), row.l2, 1e-4)
    assert.near(row.reconstruction + row.l2, row.loss, 1e-5)
    assert.is_true(model.training)
    assert.equal(2, model:evaluate(x, { metrics = { "compression_ratio" } }).compression_ratio)
    assert.near(-10 * math.log(row.mse, 10), model:evaluate(x, { metrics = { "psnr" } }).psnr, 3)
  end)

  it("trains by fit and goes on with the optimiser that it had", function()
    local model = small { encoder = nn.Dense(4, "tanh") }
    local x = ae.rand { 64, 6 }
    local before = model:evaluate(x).loss
    local history = model:fit(x, { epochs = 20, batch_size = 16, optimizer = ae.optim.Adam { lr = 0.01 }, verbose = 0 })
    assert.is_true(history:last().loss < before)
    local optimizer = model.optimizer
    model:fit(x, { epochs = 1, verbose = 0 })
    assert.equal(optimizer, model.optimizer)
  end)

  it("stops at a loss that is not finite and names the first layer that gave it", function()
    local model = small { encoder = nn.Sequential { nn.Dense(3), nn.Dense(3, "relu") }, loss = "mse" }
    ae.no_grad(function() model.encoder[2].weight:fill_(math.huge) end)
    local before = model.decoder.weight:totable()
    raises("epoch 1, batch 1: the weights of encoder%.2%.weight are not finite", function()
      model:fit(ae.rand { 8, 6 }, { batch_size = 4, verbose = 0 })
    end)
    ae.no_grad(function()
      model.encoder[1].weight:fill_(ae.real == "f64" and 1e300 or 1e37)
      model.encoder[2].weight:fill_(1e30)
    end)
    raises("in epoch 1, batch 1: the output of encoder%[2%] %(Dense%) is not finite", function()
      model:fit(ae.ones { 8, 6 }, { batch_size = 4, verbose = 0 })
    end)
    assert.same(before, model.decoder.weight:totable())
  end)

  it("refuses what is no data, too little of it, or of another shape", function()
    local model = small()
    raises("Autoencoder:encode wants %[N, 6%], got %[6%]", model.encode, model, ae.rand { 6 })
    raises("Autoencoder:decode wants %[N, 3%], got %[2, 6%]", model.decode, model, ae.rand { 2, 6 })
    raises("Autoencoder:encode has no option 'batchsize'; did you mean 'batch_size'", model.encode, model,
      ae.rand { 2, 6 }, { batchsize = 3 })
    raises("empty", model.evaluate, model, ae.zeros { 0, 6 })
    raises("wants a tensor, got table", model.encode, model, {})
  end)

  it("without a loss of its own says so", function()
    local Lossless = ae.Model:extend("Lossless")
    function Lossless:init() self.encoder = nn.Dense(1) end
    raises("Lossless has no method losses", function() Lossless():losses {} end)
  end)

  it("takes no data set for options, and no more arguments than it has", function()
    local model, set = small(), ae.data.dataset(ae.ones { 4, 6 })
    raises("Autoencoder:evaluate wants a table of options, got a Dataset; targets go into data.pairs or data.tensors",
      model.evaluate, model, set, set)
    raises("Autoencoder:fit wants a table of options, got a tensor; targets go into", model.fit, model, set, ae.ones { 4, 6 })
    raises("Autoencoder:encode wants a table of options, got a Dataset", model.encode, model, set, set)
    raises("Autoencoder:summary takes no options, got a further table", model.summary, model, {})
    raises("Autoencoder:save takes a path, got a further table", model.save, model, "model.safetensors", {})
    raises("Autoencoder:load takes a path, got a further table", model.load, model, "model.safetensors", {})
  end)
end)
