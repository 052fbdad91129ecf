local ae = require "aelua"
local fails = require "spec.support.fails"
local toy = require "spec.support.toy"

local function fit(model, data, options)
  options.verbose = options.verbose or 0
  return require("aelua.train.fit").run(model, data, options, ae.Autoencoder.fit_tools)
end

local function sgd(lr) return ae.optim.SGD { lr = lr } end

describe("fit", function()
  it("finds the weight that the data was made with", function()
    local model = toy.model()
    local history = fit(model, toy.pairs(64), { epochs = 60, batch_size = 8, optimizer = sgd(0.5) })
    assert.near(2, model.weight[1]:item(), 1e-3)
    assert.equal(60, #history.epochs)
    assert.is_true(history:last().loss < history.epochs[1].loss)
  end)

  it("keeps loss, terms, learning rate and seconds of each epoch", function()
    local history = fit(toy.model(), toy.pairs(16), { epochs = 2, batch_size = 8, optimizer = sgd(0.1),
      validation = toy.pairs(8, 2) })
    assert.same({ "epoch", "loss", "fit", "val_loss", "val_fit", "lr", "seconds" }, history.columns)
    local row = history:last()
    assert.equal(2, row.epoch)
    assert.near(row.loss, row.fit, 1e-12)
    assert.near(0.1, row.lr, 1e-12)
    assert.is_true(row.seconds >= 0)
  end)

  it("weighs a smaller last batch by its samples", function()
    local model = toy.model(0)
    local x = ae.tensor { { 1 }, { 1 }, { 3 } }
    local history = fit(model, ae.data.pairs(x, x), { epochs = 1, batch_size = 2, shuffle = false, optimizer = sgd(0) })
    assert.near((1 + 1 + 9) / 3, history:last().loss, 1e-6)
  end)

  it("leaves the last batch out where it is told to", function()
    local x = ae.tensor { { 1 }, { 1 }, { 3 } }
    local history = fit(toy.model(0), ae.data.pairs(x, x),
      { epochs = 1, batch_size = 2, shuffle = false, drop_last = true, optimizer = sgd(0) })
    assert.near(1, history:last().loss, 1e-6)
  end)

  it("validates in evaluation mode and puts the mode back", function()
    local model = toy.model()
    fit(model, toy.pairs(16), { epochs = 1, batch_size = 16, optimizer = sgd(0.1), validation = toy.pairs(8, 2) })
    assert.same({ true, false }, model.modes)
    assert.is_true(model.training)
  end)

  it("holds a share back from the end for validation", function()
    local x = ae.tensor { { 1 }, { 1 }, { 1 }, { 5 } }
    local history = fit(toy.model(0), ae.data.pairs(x, x),
      { epochs = 1, batch_size = 3, optimizer = sgd(0), validation = 0.25 })
    assert.near(1, history:last().loss, 1e-6)
    assert.near(25, history:last().val_loss, 1e-5)
  end)

  it("reports metrics by name and of one's own, for training and validation", function()
    local x = ae.tensor { { 1 }, { 2 } }
    local history = fit(toy.model(0), ae.data.pairs(x, x), { epochs = 1, batch_size = 2, optimizer = sgd(0),
      validation = ae.data.pairs(x, x), metrics = { "mae", "l2", twice = function(p, t) return (t - p):mean() * 2 end } })
    local row = history:last()
    assert.near(1.5, row.mae, 1e-6)
    assert.near(1.5, row.l2, 1e-6)
    assert.near(3, row.val_twice, 1e-6)
  end)

  it("goes on with the optimiser of the last fit", function()
    local model = toy.model()
    fit(model, toy.pairs(16), { epochs = 1, batch_size = 4, optimizer = sgd(0.25) })
    local first = model.optimizer
    fit(model, toy.pairs(16), { epochs = 1, batch_size = 4 })
    assert.equal(first, model.optimizer)
  end)

  it("gives the same bits for the same seed", function()
    local function once()
      local data = toy.pairs(32)
      ae.seed(7)
      local model = toy.model()
      fit(model, data, { epochs = 3, batch_size = 5, optimizer = "adam" })
      return model.weight[1]:item()
    end
    assert.equal(once(), once())
  end)

  it("gives the same bits when it is stopped and resumed", function()
    local path = os.tmpname()
    os.remove(path)
    local data = toy.pairs(32)
    local function run(epochs, options)
      options.epochs, options.batch_size, options.optimizer = epochs, 5, ae.optim.Adam { lr = 0.05 }
      local model = toy.model()
      local history = fit(model, data, options)
      return model.weight[1]:item(), history
    end
    ae.seed(11)
    local whole = run(6, {})
    ae.seed(11)
    run(2, { checkpoint = path })
    ae.seed(99)
    local resumed, history = run(6, { checkpoint = path, resume = true })
    os.remove(path)
    assert.equal(whole, resumed)
    assert.equal(6, #history.epochs)
  end)

  it("leaves model and optimiser alone where a state cannot be taken over", function()
    local core = require "aelua.core"
    local path = os.tmpname()
    local function resume(model, optimizer)
      return function()
        fit(model, toy.pairs(8), { epochs = 3, optimizer = optimizer, checkpoint = path, resume = true })
      end
    end
    os.remove(path)
    fit(toy.model(), toy.pairs(8), { checkpoint = path, optimizer = "sgd" })
    local model = toy.model(7)
    fails("state", "the state is of optim.SGD", resume(model, "adam"))
    assert.equal(7, model.weight[1]:item())
    assert.is_nil(model.optimizer)
    for _, run in ipairs { '{"$table":[]}', '{"$table":[7]}', "7", '{"$table":[["callbacks",{"$table":[]}]]}' } do
      core.write_safetensors(path, { a = ae.ones(1) }, { format = "aelua-run-1", run = run })
      fails("format", "", resume(model, "sgd"))
    end
    core.write_safetensors(path, { a = ae.ones(1) }, { format = "aelua-run-1" })
    fails("format", "is not the state of a run", resume(model, "sgd"))
    os.remove(path)
  end)

  it("keeps an interrupted epoch in the history and shows callbacks whole epochs only", function()
    local whole = 0
    local stopping = ae.callbacks.EarlyStopping { monitor = "val_loss" }
    local history = fit(toy.model(), toy.pairs(32), { epochs = 9, batch_size = 4, optimizer = sgd(0.1),
      validation = toy.pairs(8, 2), callbacks = { stopping, {
        on_epoch_end = function() whole = whole + 1 end,
        on_batch_end = function(_, run)
          if run.epoch == 2 and run.batch == 3 then io.popen("kill -INT $PPID"):close() end
        end,
      } } })
    assert.is_true(history.interrupted)
    assert.equal("interrupted", history.stopped)
    assert.equal(2, #history.epochs)
    assert.is_nil(history:last().val_loss)
    assert.equal(1, whole)
  end)

  it("notices an interrupt during the validation", function()
    local model = toy.model()
    local losses = model.losses
    function model:losses(...)
      if not self.training then io.popen("kill -INT $PPID"):close() end
      return losses(self, ...)
    end
    local history = fit(model, toy.pairs(8), { epochs = 3, batch_size = 8, optimizer = sgd(0.1),
      validation = toy.pairs(32, 2) })
    assert.is_true(history.interrupted)
    assert.equal(1, #history.epochs)
    assert.is_nil(history:last().val_loss)
  end)

  it("tells the model of each pass, and reports the values that it gives for one", function()
    local model, told = toy.model(), {}
    function model:begin_pass(run) told[#told + 1] = run and "train " .. run.epoch or "evaluate" end
    function model:end_pass(run)
      told[#told + 1] = "end"
      if run then run:warn("epoch " .. run.epoch) end
      return { seen = run and 7 or 3, weight = 0.5 }
    end
    local history = fit(model, toy.pairs(8), { epochs = 2, batch_size = 4, validation = toy.pairs(4) })
    assert.same({ "train 1", "end", "evaluate", "end", "train 2", "end", "evaluate", "end" }, told)
    assert.same({ "epoch", "loss", "fit", "seen", "weight", "val_loss", "val_fit", "val_seen", "val_weight", "lr", "seconds" },
      history.columns)
    assert.equal(7, history:last().seen)
    assert.equal(3, history:last().val_seen)
    assert.same({ "epoch 1", "epoch 2" }, history.warnings)
    local again = ae.History()
    again:load_state(history:state())
    assert.same(history.warnings, again.warnings)
  end)

  it("takes a smaller batch by default where there are fewer samples", function()
    assert.equal(1, #fit(toy.model(), toy.pairs(5), { optimizer = sgd(0.1) }).epochs)
  end)

  it("names callbacks that would never be called", function()
    local function with(callbacks)
      return function() fit(toy.model(), toy.pairs(8), { callbacks = callbacks, optimizer = sgd(0.1) }) end
    end
    fails("invalid", "callbacks wants a list", with(ae.callbacks.EarlyStopping {}))
    fails("invalid", "callback 1 is a class; EarlyStopping(...) makes an object", with { ae.callbacks.EarlyStopping })
    fails("invalid", "callback 2 wants an object or a table of methods, got string", with { {}, "x" })
    fails("invalid", "did you mean 'on_epoch_end'", with { { on_epoch_edn = function() end } })
    local Own = ae.callbacks.Callback:extend("Own")
    function Own:on_bach_end() end
    fails("invalid", "did you mean 'on_batch_end'", with { Own() })
  end)

  it("ends after the batch in which a callback stops it", function()
    local seen = 0
    local history = fit(toy.model(), toy.pairs(32), { epochs = 9, batch_size = 4, optimizer = sgd(0.1), callbacks = { {
      on_batch_end = function(_, run)
        seen = seen + 1
        if seen == 3 then run:stop("enough") end
      end,
    } } })
    assert.equal(3, seen)
    assert.equal("enough", history.stopped)
    assert.is_false(history.interrupted)
  end)

  it("names epoch and batch of a loss that is not finite, and leaves the weights as they were", function()
    local model = toy.model(1)
    local x = ae.tensor { { 1 }, { 1 }, { 0 / 0 }, { 1 } }
    local ok, failure = pcall(fit, model, ae.data.pairs(x, ae.ones(4, 1)),
      { epochs = 1, batch_size = 1, shuffle = false, optimizer = sgd(0.1) })
    assert.is_false(ok)
    assert.matches("loss is %-?nan in epoch 1, batch 3: the batch's input is not finite", failure.message)
    assert.equal(1, model.weight[1]:item())
  end)

  it("names epoch and batch of a validation whose loss is not finite, which TerminateOnNaN ends the run at", function()
    local x = ae.tensor { { 1 }, { 1 }, { 0 / 0 }, { 1 } }
    local function options(more)
      more.epochs, more.batch_size, more.optimizer, more.validation = 3, 2, sgd(0.1), ae.data.pairs(x, ae.ones(4, 1))
      return more
    end
    fails("state", "in epoch 1, validation batch 2: the batch's input is not finite", function()
      fit(toy.model(1), toy.pairs(8), options {})
    end)
    local history = fit(toy.model(1), toy.pairs(8), options { callbacks = { ae.callbacks.TerminateOnNaN() } })
    assert.matches("validation batch 2: the batch's input is not finite", history.stopped)
    assert.equal(1, #history.epochs)
    assert.is_true(history:last().val_loss ~= history:last().val_loss)
  end)

  it("says of a loss that grows beyond all numbers that training diverges, naming the learning rate", function()
    fails("state", "data and weights are finite, what the model makes of them is not; where it grew before, training "
      .. "diverges: a learning rate below 10000 may help", function()
      fit(toy.model(1), toy.pairs(32), { epochs = 100, optimizer = sgd(1e4) })
    end)
    local model = ae.Autoencoder { input = { 2 }, encoder = ae.nn.Dense(2), decoder = ae.nn.Dense(2),
      loss = function(a, b) return (a - b):square():mean() / 0 end }
    fails("state", "in epoch 1, batch 1: data, weights and every layer's output are finite, what the loss makes of them is "
      .. "not; where it grew before, training diverges: a learning rate below 0.001 may help", function()
      model:fit(ae.rand(8, 2), { verbose = 0 })
    end)
  end)

  it("goes on with the last fit's optimiser where that trains all of the model, and says what it leaves out", function()
    local x, quiet = ae.rand(8, 3), { verbose = 0 }
    local model = ae.Autoencoder { input = { 3 }, encoder = ae.nn.Sequential { ae.nn.Dense(4), ae.nn.Dense(2) },
      decoder = ae.nn.Dense(3) }
    model:fit(x, quiet)
    local first = model.optimizer
    model.encoder[1]:freeze()
    model:fit(x, quiet)
    assert.equal(first, model.optimizer)
    local function replace()
      model.encoder[2] = ae.nn.Dense(2)
      return model.encoder[2]
    end
    for _, built in ipairs { false, true } do
      local layer = replace()
      if built then model:encode(x) end
      fails("state", "Autoencoder:fit: the optimiser of the last fit does not train encoder.2.weight: optimizer = \"adam\", "
        .. "or another, trains all; optimizer = model.optimizer goes on without it", function() model:fit(x, quiet) end)
      local before = layer.weight:totable()
      model:fit(x, { verbose = 0, optimizer = model.optimizer })
      assert.same(before, layer.weight:totable())
    end
    replace()
    model:encode(x)
    model.encoder[2]:freeze()
    model:fit(x, quiet)
    local layer = replace()
    model:fit(x, { verbose = 0, optimizer = "adam" })
    local before = layer.weight:totable()
    model:fit(x, quiet)
    assert.not_same(before, layer.weight:totable())
    local part = ae.optim.SGD { model.decoder, lr = 0.1 }
    model:fit(x, { verbose = 0, optimizer = part })
    assert.equal(part, model.optimizer)
    fails("state", "does not train encoder.2.weight", function() model:fit(x, quiet) end)
  end)

  it("leaves it to a training step of the model's own what the last fit's optimiser trains", function()
    local Two = ae.Autoencoder:extend("Two")
    function Two:training_step(batch, optimizer)
      self.steps = (self.steps or 0) + 1
      local total = self:losses(batch)
      optimizer:zero_grad()
      total:backward()
      optimizer:step()
      return total
    end
    local x, model = ae.rand(8, 3), Two { input = { 3 }, encoder = ae.nn.Dense(2), decoder = ae.nn.Dense(3) }
    model.critic = ae.nn.Dense(1)
    model.critic:build { 3 }
    model:fit(x, { verbose = 0, optimizer = ae.optim.SGD { model.encoder, model.decoder, lr = 0.1 } })
    model:fit(x, { verbose = 0 })
    assert.equal(2, model.steps)
  end)

  it("leaves to the first batch what a sample of zeros can't build", function()
    local Told = ae.Autoencoder:extend("Told")
    function Told:encode_batch(x, batch) return self.encoder:forward(x + batch.target:mean()) end
    function Told:losses(batch)
      return (self.head:forward(self:encode_batch(batch.input, batch)) - batch.input):square():mean()
    end
    local model = Told { input = { 3 }, encoder = ae.nn.Dense(2), decoder = ae.nn.Dense(3) }
    model.head = ae.nn.Dense(3)
    model.is_built = true
    local x = ae.rand(8, 3)
    model:fit(ae.data.pairs(x, x), { verbose = 0, epochs = 2 })
    assert.same({ 2, 3 }, model.head.weight.shape)
  end)

  describe("refuses", function()
    local function refused(pattern, options, data)
      local ok, failure = pcall(fit, toy.model(), data or toy.pairs(8), options)
      assert.is_false(ok)
      assert.matches(pattern, failure.message)
    end

    it("a misspelt option, naming the right one", function()
      refused("Toy:fit has no option 'epoch'; did you mean 'epochs'", { epoch = 10 })
    end)
    it("a batch larger than the data", function()
      refused("a batch of 9 is larger than the data %(8 samples%)", { batch_size = 9 })
    end)
    it("a model of which nothing can be trained", function()
      local model = toy.model()
      model.weight:require_grad(false)
      local ok, failure = pcall(fit, model, toy.pairs(8), { batch_size = 4 })
      assert.is_false(ok)
      assert.matches("Toy:fit: every parameter of the model is frozen", failure.message)
      model.parameters = function() return {} end
      ok, failure = pcall(fit, model, toy.pairs(8), { batch_size = 4 })
      assert.is_false(ok)
      assert.matches("Toy:fit: the model has no parameters; .* by its method require_grad", failure.message)
    end)
    it("a callback that is not in a list", function()
      local ok, failure = pcall(fit, toy.model(), toy.pairs(8), { callbacks = ae.callbacks.EarlyStopping() })
      assert.is_false(ok)
      assert.matches("callbacks wants a list in braces: callbacks = { EarlyStopping", failure.message)
    end)
    it("a share that leaves nothing", function()
      refused("leaves nothing of 1 samples", { validation = 0.5, batch_size = 1 },
        ae.data.pairs(ae.ones(1, 1), ae.ones(1, 1)))
    end)
    it("a share outside 0..1", function() refused("between 0 and 1, got 1.5", { validation = 1.5, batch_size = 4 }) end)
    it("an unknown metric", function()
      refused("no metric 'psrn'; did you mean 'psnr'", { metrics = { "psrn" }, batch_size = 4 })
    end)
    it("to resume without a file to resume from", function() refused("wants the option 'checkpoint'", { resume = true }) end)
    it("a checkpoint that cannot be written, before it trains", function()
      local model = toy.model(3)
      local ok = pcall(fit, model, toy.pairs(8), { batch_size = 4, checkpoint = "/nonexistent/folder/run.state" })
      assert.is_false(ok)
      assert.equal(3, model.weight[1]:item())
    end)
  end)
end)
