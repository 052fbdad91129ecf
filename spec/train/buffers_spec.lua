local ae = require "aelua"
local fails = require "spec.support.fails"
local nn = ae.nn

local function normalized(options)
  local given = {
    input = { 3 }, encoder = nn.Sequential { nn.Dense(4), nn.BatchNorm { activation = "relu" }, nn.Dense(2) },
    decoder = nn.Dense(3),
  }
  for key, value in pairs(options or {}) do given[key] = value end
  return ae.Autoencoder(given)
end

local function values_of(model)
  local values = {}
  for name, tensor in pairs(model:state_dict()) do values[name] = tensor:totable() end
  return values
end

-- Three batches of 8, the third of which no model makes a finite loss of.
local function broken(value)
  local x = ae.rand { 24, 3 }
  x[20] = value
  return x
end

local function options(more)
  local given = { batch_size = 8, shuffle = false, verbose = 0, optimizer = { "sgd", lr = 0.1 } }
  for key, value in pairs(more or {}) do given[key] = value end
  return given
end

describe("a step that cannot be taken", function()
  before_each(function() ae.seed(12) end)

  -- What it has after the two batches before.
  local function after_two(make, x)
    local model = make()
    model:fit(x:narrow(1, 1, 16):clone(), options())
    return values_of(model)
  end

  local makers = {
    ["statistics of a normalisation"] = function()
      ae.seed(3)
      return normalized()
    end,
    ["a codebook"] = function()
      ae.seed(4)
      return ae.VQVAE { input = { 3 }, codes = 4, encoder = nn.Dense(2), decoder = nn.Dense(3), likelihood = { "gaussian" } }
    end,
    ["a running variance"] = function()
      ae.seed(5)
      return ae.VAE { input = { 3 }, latent = 2, encoder = nn.Dense(4, "relu"), decoder = nn.Dense(3),
        likelihood = { "gaussian", variance = "optimal" } }
    end,
  }

  for what, make in pairs(makers) do
    it("leaves " .. what .. " as before it where the loss is not finite", function()
      for _, value in ipairs { 0 / 0, 1 / 0 } do
        local x = broken(value)
        local wanted, model = after_two(make, x), make()
        fails("state", "in epoch 1, batch 3: the batch's input is not finite", function() model:fit(x, options()) end)
        assert.same(wanted, values_of(model))
        local other = make()
        other:fit(x, options { callbacks = { ae.callbacks.TerminateOnNaN() } })
        assert.same(wanted, values_of(other))
      end
    end)
  end

  it("that raises leaves them so too, on the way forward and in the optimiser", function()
    local x = ae.rand { 24, 3 }
    local function trained(third, count)
      ae.seed(6)
      local step = 0
      local model = normalized { loss = function(prediction, target)
        step = step + 1
        return step == 3 and third(prediction) or (prediction - target):square():mean()
      end }
      local ok, failure = pcall(model.fit, model, x:narrow(1, 1, count), options { optimizer = { "sgd", clip_norm = 1 } })
      return values_of(model), ok or tostring(failure)
    end
    local wanted = trained(error, 16)
    local raised, why = trained(function() error "enough" end, 24)
    assert.matches("enough", why)
    assert.same(wanted, raised)
    local unscaled, reason = trained(function(prediction) return (prediction * 0):sum():sqrt() end, 24)
    assert.matches("the gradients' norm is %-?nan; no parameter was changed", reason)
    assert.same(wanted, unscaled)
  end)

  it("leaves those so that the first batch has built", function()
    local Lazy = nn.Module:extend("Lazy")
    function Lazy:init()
      self.norm, self.dense = nn.BatchNorm(), nn.Dense(3)
      self.dense:build { 3 }
    end
    function Lazy:losses(batch)
      return (self.dense:forward(self.norm:forward(batch.input)) - batch.input):square():mean()
    end
    local model = Lazy()
    fails("state", "epoch 1, batch 3: the batch's input", function()
      require("aelua.train.fit").run(model, broken(0 / 0), options(), ae.Autoencoder.fit_tools)
    end)
    assert.is_true(model.norm.running_mean:isfinite():all():item() == 1)
    assert.is_true(model.norm.running_mean:abs():max():item() > 0)
  end)
end)

describe("buffers", function()
  local Buffers = require "aelua.train.buffers"

  it("are put back once, where a step holds them, and found anew", function()
    local model = nn.Sequential { nn.BatchNorm(), nn.BatchNorm() }
    model:build { 2 }
    local buffers = Buffers(model)
    local mean = model[1].running_mean
    buffers:hold()
    mean:fill_(5)
    buffers:let_go()
    buffers:restore()
    assert.same({ 5, 5 }, mean:totable())
    buffers:hold()
    mean:fill_(6)
    buffers:restore()
    assert.same({ 5, 5 }, mean:totable())
    mean:fill_(7)
    buffers:restore()
    assert.same({ 7, 7 }, mean:totable())
    model[2] = nn.Flatten()
    buffers:find()
    assert.equal(2, #buffers.tensors)
    assert.equal(2, #buffers.copies)
  end)

  it("are none where a model has none", function()
    local buffers = Buffers {}
    buffers:hold()
    buffers:restore()
    assert.same({}, buffers.tensors)
  end)
end)
