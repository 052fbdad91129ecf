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

  -- A class of one's own that puts another tensor in its buffer's place at every step; `act` may do more.
  local function replacing(act)
    local Mean = nn.Module:extend("Mean")
    function Mean:init() self:buffer("mean", ae.zeros(3)) end
    function Mean:forward(x)
      if self.training then
        local old = self.mean
        self.mean = ae.scope.keep(ae.no_grad(function() return old * 0.9 + x:mean(1) * 0.1 end))
        if act then act(old) end
      end
      return x * 1
    end
    return function()
      ae.seed(6)
      return normalized { encoder = nn.Sequential { Mean(), nn.Dense(2) } }
    end
  end

  for what, act in pairs { ["kept"] = false, ["freed"] = function(old) old:free() end } do
    it("puts back a buffer that a class replaces, the old one " .. what, function()
      local make, x = replacing(act or nil), broken(0 / 0)
      local model = make()
      fails("state", "not finite", function() model:fit(x, options()) end)
      assert.same(after_two(make, x), values_of(model))
    end)
  end

  it("knows those of a module that a callback puts in between epochs", function()
    local model, x = normalized(), ae.rand { 24, 3 }
    local other = nn.BatchNorm { activation = "relu" }
    other:build { 4 }
    local swap = ae.callbacks.Callback:extend("Swap")
    function swap:on_epoch_begin(run)
      if run.epoch == 2 then
        run.model.encoder[2] = other
        x[2] = 0 / 0
      end
    end
    fails("state", "not finite", function() model:fit(x, options { epochs = 2, callbacks = { swap() } }) end)
    assert.same({ 0, 0, 0, 0 }, other.running_mean:totable())
  end)

  it("tells the error of the step, though a buffer was freed in it", function()
    local make = replacing(function(old)
      old:free()
      error("the real reason")
    end)
    local model, ended = make(), false
    local Watch = ae.callbacks.Callback:extend("Watch")
    function Watch:on_train_end() ended = true end
    model:eval()
    local ok, failure = pcall(model.fit, model, ae.rand { 24, 3 }, options { callbacks = { Watch() } })
    assert.is_false(ok)
    assert.matches("the real reason", tostring(failure))
    assert.is_true(ended)
    assert.is_false(model.training)
  end)

  it("that is taken moves a buffer that is trained", function()
    local Own = nn.Module:extend("Own")
    function Own:init() self:buffer("w", ae.zeros(3):require_grad()) end
    function Own:forward(x) return x + self.w end
    local model = normalized { encoder = nn.Sequential { Own(), nn.Dense(2) } }
    model:fit(ae.rand { 24, 3 }, options())
    assert.is_true(model.encoder[1].w:abs():sum():item() > 0)
  end)
end)

describe("buffers", function()
  local Buffers = require "aelua.train.buffers"

  it("are put back once, where a step holds them, and found anew", function()
    local model = nn.Sequential { nn.BatchNorm(), nn.BatchNorm() }
    model:build { 2 }
    local buffers = Buffers(model)
    buffers:find()
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
    assert.equal(2, #buffers.places)
  end)

  it("are none where a model has none", function()
    local buffers = Buffers {}
    buffers:find()
    buffers:hold()
    buffers:restore()
    assert.same({}, buffers.places)
  end)
end)
