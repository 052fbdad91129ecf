-- ae.CategoricalVAE held against PyTorch (scripts/fixtures/one_hot.py): its loss, term by term, and gradients; what it gives
-- and takes; files; bad input.
local ae = require "aelua"
local core = require "aelua.core"
local support = require "spec.support.nn"
local nn = ae.nn

local raises = support.raises

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return core.json.decode(file:read("a"))
end
local cases = read("spec/fixtures/one_hot.json").models

local function made(given)
  local o = { input = { 4 }, variables = 3, categories = 5 }
  for key, value in pairs(given or {}) do o[key] = value end
  o.encoder = o.encoder or nn.Sequential { nn.Dense(3, "tanh") }
  o.decoder = o.decoder or nn.Sequential { nn.Flatten(), nn.Dense(4) }
  return ae.CategoricalVAE(o)
end

for i, case in ipairs(cases) do
  describe(("CategoricalVAE (%d)"):format(i), function()
    local plain_rand = core.ops.rand
    after_each(function()
      core.ops.rand = plain_rand
      support.clean()
    end)

    local function of_case()
      local model, dict = made(case.options), {}
      for name, values in pairs(case.parameters) do dict[name] = ae.tensor(values) end
      return model:load_state_dict(dict)
    end

    it("has PyTorch's loss, terms and gradients", function()
      local model = of_case()
      core.ops.rand = function() return ae.tensor(case.uniform) end
      local total, terms = model:losses { input = ae.tensor(case.x) }
      support.near(case.loss, total, "loss")
      for name, value in pairs(terms) do
        support.near(case.terms[name], ae.tensor(type(value) == "number" and value or value:item()), name)
      end
      for name in pairs(case.terms) do assert.is_truthy(terms[name], name .. " is not reported") end
      total:backward()
      for name, parameter in model:named_parameters() do support.near(case.gradients[name], parameter.grad, name) end
    end)

    it("is the same bits after save and load", function()
      local model, path, x = of_case(), support.temporary(".safetensors"), ae.tensor(case.x)
      assert.is_nil(model:save(path))
      local again = ae.load_model(path)
      assert.equal(model:summary(), again:summary())
      local function numbers(of)
        ae.seed(3)
        local result = { of:losses({ input = x }):item(), of:sample(3):totable(), of:encode(x):totable() }
        result[4] = of:evaluate(x)
        return result
      end
      assert.same(numbers(model), numbers(again))
    end)
  end)
end

describe("CategoricalVAE", function()
  before_each(function() ae.seed(31) end)

  it("learns, by a temperature that falls, and reports it", function()
    local x = ae.one_hot(ae.randint({ 128 }, 1, 4), 4, { dtype = ae.real })
    local model = made {
      temperature = ae.schedule.linear { from = 1, to = 0.5, epochs = 30 }, metrics = { "mse" },
      decoder = nn.Sequential { nn.Flatten(), nn.Dense(8, "tanh"), nn.Dense(4) },
    }
    local history = model:fit(x, {
      epochs = 40, batch_size = 32, verbose = 0, validation = x, optimizer = ae.optim.Adam { lr = 0.03 },
    })
    local first, last = history.epochs[1], history:last()
    assert.is_true(last.val_loss < first.val_loss - 0.3, ("%g, then %g"):format(first.val_loss, last.val_loss))
    assert.equal(1, first.temperature)
    assert.equal(0.5, last.temperature)
    assert.is_true(last.active_units > 0)
    local bound, estimate = model:elbo(x, { samples = 20 }), model:log_likelihood(x, { samples = 20 })
    assert.near(-last.val_loss, bound, 0.1)
    assert.is_true(estimate > bound, ("%g, bound %g"):format(estimate, bound))
  end)

  -- With two variables of two categories all codes can be counted out.
  it("estimates the likelihood of the discrete model", function()
    local model = made { variables = 2, categories = 2 }
    local x = ae.bernoulli({ 3, 4 }, 0.5)
    local tokens = ae.tensor({ { 1, 1 }, { 1, 2 }, { 2, 1 }, { 2, 2 } }, { dtype = "i32" })
    local logits = model.decoder:forward(model:code_of(tokens)):detach()
    local total = 0
    for n = 1, 3 do
      local each = -nn.loss.bce_logits(logits, x[n]:unsqueeze(1):tile { 4, 1 }, { reduction = "per_sample" })
      total = total + (each:logsumexp(1):item() - math.log(4))
    end
    assert.near(total / 3, model:log_likelihood(x, { samples = 20000 }), 0.02)
  end)

  it("gives the likeliest categories, their numbers, and the results of both", function()
    local model, x = made(), ae.rand(6, 4)
    local codes, tokens = model:encode(x), model:tokens(x)
    assert.same({ 6, 3, 5 }, codes.shape)
    assert.equal(18, codes:sum():item())
    assert.same(codes:argmax(-1):totable(), tokens:totable())
    assert.same(model:reconstruct(x):totable(), model:decode(tokens):totable())
    assert.same(model:decode(codes):totable(), model:decode(tokens):totable())
  end)

  it("samples from categories that are equally likely, or from what it is given", function()
    local model = made()
    ae.no_grad(function() model.decoder[2].weight:fill_(0) end)
    assert.same({ 7, 4 }, model:sample(7).shape)
    local seen
    local plain = model.generate
    function model:generate(z)
      seen = core.keep(z:clone())
      return plain(self, z)
    end
    model:sample(4000, { batch_size = 4000 })
    local shares = seen:mean(1):reshape({ 15 }):totable()
    for _, share in ipairs(shares) do assert.near(0.2, share, 0.03) end
    model:sample(2, { from = function(n) return ae.full({ n, 3 }, 2, { dtype = "i32" }) end })
    support.near({ { 2, 2, 2 }, { 2, 2, 2 } }, seen:argmax(-1):to(ae.real))
  end)

  it("refuses what it cannot be", function()
    raises("CategoricalVAE wants the option 'variables'", ae.CategoricalVAE, {
      input = { 2 }, encoder = nn.Dense(2), decoder = nn.Dense(2), categories = 2,
    })
    raises("CategoricalVAE has no option 'latent'", made, { latent = 2 })
    raises("temperature wants more than 0, got 0", made, { temperature = 0 })
    raises("temperature wants a schedule of numbers above 0, this one gives 0", made,
      { temperature = ae.schedule.linear { from = 1, to = 0, epochs = 5 } })
    raises("categories wants at least 2, got 1", made, { categories = 1 })
    raises("CategoricalVAE:traverse wants codes that are lists of numbers; this model's are %[N, 3, 5%]",
      function() made():traverse() end)
    raises("CategoricalVAE:decode wants tokens from 1 to 5, got 6", function()
      made():decode(ae.full({ 1, 3 }, 6, { dtype = "i32" }))
    end)
  end)
end)
