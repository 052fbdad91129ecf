-- ae.VQVAE held against PyTorch (scripts/fixtures/vqvae.py): its loss, term by term, gradients, tokens and the use of its
-- codes; what it gives and takes; files; bad input.
local ae = require "aelua"
local core = require "aelua.core"
local support = require "spec.support.nn"
local nn = ae.nn

local raises = support.raises

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return core.json.decode(file:read("a"))
end
local cases = read "spec/fixtures/vqvae.json"

local function made(given)
  local o = { input = { 2, 3, 2 }, codes = 4 }
  for key, value in pairs(given or {}) do o[key] = value end
  o.encoder = o.encoder or nn.Sequential { nn.Dense(3, "tanh"), nn.Dense(2) }
  o.decoder = o.decoder or nn.Sequential { nn.Dense(2) }
  return ae.VQVAE(o)
end

-- The model of a fixture, its codes where the fixture has them.
local function of(case)
  local model = made(case.options)
  ae.no_grad(function()
    for name, tensor in pairs(model:state_dict()) do
      if case.parameters[name] then tensor:copy_(ae.tensor(case.parameters[name])) end
    end
  end)
  return model
end

for i, case in ipairs(cases) do
  describe(("VQVAE (%d)"):format(i), function()
    after_each(support.clean)

    it("has PyTorch's loss, terms, gradients and tokens", function()
      -- Without reviving, so that the codes stay what the fixture says.
      local options = {}
      for key, value in pairs(case.options) do options[key] = value end
      if options.decay ~= false then options.revive = 0 end
      local model = of { options = options, parameters = case.parameters }
      local x = ae.tensor(case.x)
      assert.same(case.tokens, model:tokens(x):totable())
      local total, terms = model:losses { input = x }
      support.near(case.loss, total, "loss")
      for name, value in pairs(terms) do
        support.near(case.terms[name], ae.tensor(type(value) == "number" and value or value:item()), name)
      end
      for name in pairs(case.terms) do assert.is_truthy(terms[name], name .. " is not reported") end
      total:backward()
      local trained = 0
      for name, parameter in model:named_parameters() do
        support.near(case.gradients[name], parameter.grad, name)
        trained = trained + 1
      end
      for _ in pairs(case.gradients) do trained = trained - 1 end
      assert.equal(0, trained)
    end)

    it("reports the perplexity of a pass and the codes that it used", function()
      local row = of(case):evaluate(ae.tensor(case.x), { batch_size = 2 })
      assert.near(case.loss, row.loss, 1e-4)
      assert.near(case.perplexity, row.perplexity, 1e-4)
      assert.equal(case.codes_used, row.codes_used)
    end)

    it("is the same bits after save and load, and trains on", function()
      local model, path = of(case), support.temporary(".safetensors")
      local x = ae.tensor(case.x)
      ae.seed(2)
      model:fit(x, { epochs = 2, batch_size = 2, verbose = 0 })
      assert.is_nil(model:save(path))
      local again = ae.load_model(path)
      assert.equal(model:summary(), again:summary())
      local first, second = model:evaluate(x), again:evaluate(x)
      assert.same(first, second)
      assert.same(model:tokens(x):totable(), again:tokens(x):totable())
      assert.same(model:state_dict()["posterior.codebook"]:totable(), again:state_dict()["posterior.codebook"]:totable())
      local function trained_on(of_file)
        ae.seed(3)
        return of_file:fit(x, { batch_size = 2, verbose = 0, optimizer = ae.optim.Adam() }):last().loss
      end
      assert.equal(trained_on(model), trained_on(again))
    end)
  end)
end

describe("VQVAE", function()
  before_each(function() ae.seed(31) end)

  it("learns to tell a few figures apart by their tokens", function()
    local figures = ae.bernoulli({ 4, 4, 4, 1 }, 0.5)
    local x = ae.index(figures, ae.tensor({ 1, 2, 3, 4 }, { dtype = "i32" }):tile { 32 })
    local model = ae.VQVAE {
      input = { 4, 4, 1 }, codes = 8, metrics = { "mse" }, decay = 0.9,
      encoder = nn.Sequential { nn.Conv2d(8, 2, { stride = 2, activation = "relu" }), nn.Conv2d(4, 1) },
      decoder = nn.Sequential { nn.ConvTranspose2d(8, 2, { stride = 2, activation = "relu" }), nn.Conv2d(1, 1) },
    }
    assert.same({ 2, 2, 4 }, model.code)
    local history = model:fit(x, {
      epochs = 40, batch_size = 32, verbose = 0, validation = x, optimizer = ae.optim.Adam { lr = 0.02 },
    })
    local row, first = history:last(), history.epochs[1]
    assert.is_true(row.val_mse < 0.25 * first.val_mse, ("%g, then %g"):format(first.val_mse, row.val_mse))
    assert.is_true(row.val_perplexity > 2 and row.val_perplexity <= row.val_codes_used)
    assert.equal("integer", math.type(row.codes_used))
  end)

  it("gives the codes, their numbers, and the results of both", function()
    local model = made()
    local x = ae.rand(5, 2, 3, 2)
    local codes, tokens = model:encode(x), model:tokens(x, { batch_size = 2 })
    assert.same({ 5, 2, 3, 2 }, codes.shape)
    assert.same({ 5, 2, 3 }, tokens.shape)
    assert.equal("i32", tokens.dtype)
    assert.same(codes:totable(), ae.index(model.posterior.codebook, tokens):totable())
    assert.same(model:reconstruct(x):totable(), model:decode(tokens):totable())
    assert.same(model:decode(codes):totable(), model:decode(tokens, { batch_size = 2 }):totable())
    assert.same({ 5, 2, 3, 2 }, model:draw_from(tokens).shape)
    assert.equal(2, model:compression_ratio())
    assert.matches("compression: 12 to 6 values, 2 : 1", model:summary())
    assert.same(tokens:totable(), model:tokens(ae.data.Dataset { input = x }):totable())
  end)

  it("samples where it is given codes or tokens", function()
    local model = made()
    local tokens = ae.tensor({ { { 1, 2, 3 }, { 4, 4, 1 } }, { { 3, 3, 3 }, { 2, 1, 1 } }, { { 4, 2, 4 }, { 1, 3, 2 } } },
      { dtype = "i32" })
    local function of_tokens() return tokens end
    assert.same(model:decode(tokens):totable(), model:sample(3, { from = of_tokens }):totable())
    assert.same({ 3, 2, 3, 2 }, model:sample(3, { from = { sample = of_tokens }, draw = true }).shape)
    raises("VQVAE has no prior of codes: sample%(n, { from = ... }%) takes what gives codes %[N, 2, 3, 2%]", model.sample,
      model, 3)
    raises("VQVAE:sample wants tokens from 1 to 4, got 12", model.sample, model, 3, { from = function() return tokens + 8 end })
    raises("VQVAE has no prior of codes", model.elbo, model, ae.rand(2, 2, 3, 2))
    raises("wants codes that are lists of numbers; this model's are %[N, 2, 3, 2%]", model.traverse, model)
  end)

  it("weighs its commitment by a schedule", function()
    local model = made { commitment = ae.schedule.linear { from = 0, to = 1, epochs = 2 } }
    local history = model:fit(ae.rand(8, 2, 3, 2), { epochs = 3, verbose = 0 })
    assert.same({ 0, 0.5, 1 }, history:column "commitment_weight")
  end)

  it("warns once where all vectors come to one code", function()
    local model = made { decay = false }
    ae.no_grad(function()
      model.posterior.codebook:fill_(100)
      model.posterior.codebook[1] = ae.zeros(2)
    end)
    local history = model:fit(ae.rand(8, 2, 3, 2), { epochs = 2, verbose = 0 })
    assert.equal(1, history:last().codes_used)
    assert.equal(1, #history.warnings)
    assert.matches("the codebook has collapsed: in epoch 1", history.warnings[1])
  end)

  it("refuses what it cannot be", function()
    raises("VQVAE wants the option 'codes'", ae.VQVAE, {
      input = { 2 }, encoder = nn.Dense(2), decoder = nn.Dense(2),
    })
    raises("VQVAE has no option 'latent'", made, { latent = 3 })
    raises("codes wants at least 1, got 0", made, { codes = 0 })
    raises("commitment wants a number from 0 up, got %-1", made, { commitment = -1 })
    raises("revive wants a moving average", made, { decay = false, revive = 2 })
    raises("decoder%[1%] Dense gives %[2, 3, 5%], the input is %[2, 3, 2%]", made, { decoder = nn.Sequential { nn.Dense(5) } })
    local model = made()
    raises("VQVAE:decode wants tokens %[N, 2, 3%] or codes %[N, 2, 3, 2%], got tokens %[4, 6%]", model.decode, model,
      ae.ones({ 4, 6 }, { dtype = "i32" }))
    raises("VQVAE:decode wants tokens from 1 to 4, got 0", model.decode, model, ae.zeros({ 4, 2, 3 }, { dtype = "i32" }))
    local large = made { codes = 100 }
    local before = large:state_dict()["posterior.codebook"]:totable()
    raises("100 codes want as many vectors in the first batch to begin from, got 48", large.fit, large, ae.rand(8, 2, 3, 2),
      { verbose = 0 })
    assert.same(before, large:state_dict()["posterior.codebook"]:totable())
  end)
end)
