-- Every variational model held against PyTorch (scripts/fixtures/vae.py): its loss, term by term, and its gradients for
-- given weights, data and noise; what they all report; files; bad input.
local ae = require "aelua"
local core = require "aelua.core"
local support = require "spec.support.nn"
local nn = ae.nn

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return core.json.decode(file:read("a"))
end
local cases = read "spec/fixtures/vae.json"

local function copy(options)
  local result = {}
  for key, value in pairs(options or {}) do result[key] = value end
  return result
end

-- The network of the fixtures: 4 - 3 - 2 - 3 - 4.
local function make(class, given, outputs)
  local o = copy(given)
  o.input, o.latent = o.input or { 4 }, o.latent or 2
  o.encoder = o.encoder or nn.Sequential { nn.Dense(3, "tanh") }
  o.decoder = o.decoder or nn.Sequential { nn.Dense(3, "tanh"), nn.Dense(outputs or 4) }
  return ae[class](o)
end

local function batch_of(case)
  return { input = ae.tensor(case.x), label = case.labels and ae.tensor(case.labels, { dtype = "i32" }) or nil }
end

for i, case in ipairs(cases) do
  local levels = case.outputs == 16 and { 4, 4 } or case.outputs
  describe(("%s (%d)"):format(case.class, i), function()
    local plain_draw = ae.dist.Normal.draw
    after_each(function()
      ae.dist.Normal.draw = plain_draw
      support.clean()
    end)

    local function made()
      local model = make(case.class, case.options, levels)
      local dict = {}
      for name, values in pairs(case.parameters) do dict[name] = ae.tensor(values) end
      return model:load_state_dict(dict)
    end

    it("has PyTorch's loss, terms and gradients", function()
      local model = made()
      function ae.dist.Normal.draw(q) return q:mean() + q:stddev() * ae.tensor(case.noise) end
      local total, terms = model:losses(batch_of(case))
      support.near(case.loss, total, "loss")
      local names = {}
      for name, value in pairs(terms) do
        names[name] = true
        support.near(case.terms[name], ae.tensor(type(value) == "number" and value or value:item()), name)
      end
      for name in pairs(case.terms) do assert.is_true(names[name], name .. " is not reported") end
      total:backward()
      for name, parameter in model:named_parameters() do support.near(case.gradients[name], parameter.grad, name) end
    end)

    it("is the same bits after save and load", function()
      local model, path = made(), support.temporary(".safetensors")
      assert.is_nil(model:save(path))
      local again = ae.load_model(path)
      assert.equal(model:summary(), again:summary())
      local row = batch_of(case)
      local function numbers(of)
        ae.seed(3)
        local total, terms = of:losses(row)
        local result = { loss = total:item() }
        for name, value in pairs(terms) do result[name] = type(value) == "number" and value or value:item() end
        return result
      end
      assert.same(numbers(model), numbers(again))
      local labels = row.label and { labels = row.label } or nil
      assert.same(model:encode(row.input, labels):totable(), again:encode(row.input, labels):totable())
      assert.same(model:reconstruct(row.input, labels):totable(), again:reconstruct(row.input, labels):totable())
      local function samples(of)
        ae.seed(4)
        return of:sample(3, row.label and { labels = 2 } or nil):totable()
      end
      assert.same(samples(model), samples(again))
    end)

    it("trains, evaluates and reports its terms", function()
      ae.seed(5)
      local model = make(case.class, case.options, levels)
      local x = ae.tensor(case.x)
      local labels = case.labels and ae.tensor(case.labels, { dtype = "i32" }) or nil
      local set = ae.data.Dataset { input = x, labels = labels }
      local history = model:fit(set, { epochs = 3, batch_size = 2, validation = set, verbose = 0 })
      local row = history:last()
      for _, name in ipairs { "loss", "reconstruction", "kl", "active_units" } do
        assert.equal("number", type(row[name]), name)
        assert.equal("number", type(row["val_" .. name]), "val_" .. name)
      end
      assert.equal("integer", math.type(row.active_units))
      local elbo = model:elbo(set, { samples = 400 })
      local log_likelihood = model:log_likelihood(set, { samples = 400 })
      assert.is_true(log_likelihood > elbo, ("%g, elbo %g"):format(log_likelihood, elbo))
    end)
  end)
end
