local ae = require "aelua"
local toy = require "spec.support.toy"

local callbacks = ae.callbacks

local function fit(model, options)
  options.verbose, options.batch_size = 0, options.batch_size or 8
  local data = options.data or toy.pairs(32)
  options.data = nil
  return require("aelua.train.fit").run(model, data, options, ae.Autoencoder.fit_tools)
end

--- A run that has the values of `rows` to offer, for callbacks that only look at rows.
local function replay(callback, name, values, run)
  run = run or {}
  run.history = run.history or { stopped = nil }
  function run:stop(reason) self.stopped = reason end
  function run:copy_weights() return {} end
  callback:on_train_begin(run)
  for epoch, value in ipairs(values) do
    run.epoch = epoch
    callback:on_epoch_end(run, { [name] = value })
    if run.stopped then return epoch, run end
  end
  return nil, run
end

describe("EarlyStopping", function()
  it("stops once patience is exhausted", function()
    local stopping = callbacks.EarlyStopping { patience = 2 }
    assert.equal(4, (replay(stopping, "val_loss", { 3, 2, 2.5, 2.5, 2.5, 1 })))
    assert.equal(2, stopping.best)
    assert.equal(2, stopping.best_epoch)
  end)
  it("asks for more than min_delta", function()
    assert.equal(2, (replay(callbacks.EarlyStopping { patience = 1, min_delta = 0.5 }, "loss", { 3, 2.9, 2.8 })))
  end)
  it("takes larger as better for psnr and where told", function()
    assert.is_nil((replay(callbacks.EarlyStopping { monitor = "val_psnr" }, "val_psnr", { 1, 2, 3 })))
    assert.equal(2, (replay(callbacks.EarlyStopping { monitor = "score", mode = "max" }, "score", { 3, 2 })))
  end)
  it("counts a value that is not a number as no improvement", function()
    assert.equal(2, (replay(callbacks.EarlyStopping {}, "loss", { 1, 0 / 0 })))
  end)
  it("names a monitor that is not there", function()
    local ok, failure = pcall(replay, callbacks.EarlyStopping { monitor = "val_los" }, "val_loss", { 1 })
    assert.is_false(ok)
    assert.matches("did you mean 'val_loss'", failure.message)
  end)
  it("is not gone on with where a run that it ended is resumed", function()
    local path = os.tmpname()
    os.remove(path)
    local function run(resume)
      local model = toy.model(2)
      local history = fit(model, { epochs = 10, optimizer = ae.optim.SGD { lr = 50 }, checkpoint = path, resume = resume,
        callbacks = { callbacks.EarlyStopping { patience = 2 } } })
      return model.weight[1]:item(), #history.epochs, history.stopped
    end
    local first = { run(false) }
    assert.same(first, { run(true) })
    os.remove(path)
    assert.matches("no improvement for 2 epochs", first[3])
  end)
  it("keeps the weights where Ctrl-C ended the run", function()
    local loaded
    local run = { history = { interrupted = true }, model = { load_state_dict = function() loaded = true end } }
    local stopping = callbacks.EarlyStopping { patience = 5 }
    replay(stopping, "loss", { 1, 2 }, run)
    stopping:on_train_end(run)
    assert.is_nil(loaded)
    run.history.interrupted = false
    replay(stopping, "loss", { 1, 2 }, run)
    stopping:on_train_end(run)
    assert.is_true(loaded)
  end)
  it("gives the model the weights of its best epoch back", function()
    local model = toy.model(2)
    local stopping = callbacks.EarlyStopping { patience = 1 }
    fit(model, { epochs = 10, optimizer = ae.optim.SGD { lr = 50 }, callbacks = { stopping } })
    assert.is_true(math.abs(model.weight[1]:item() - 2) < 1e-5)
  end)
end)

describe("names that no row will have", function()
  -- How many batches were trained on before the error, whose message matches.
  local function refused(pattern, given, options)
    local model, count = options.model or toy.model(), 0
    options.model = nil
    local losses = model.losses
    function model:losses(...)
      count = count + 1
      return losses(self, ...)
    end
    options.callbacks, options.epochs = given, 3
    local ok, failure = pcall(fit, model, options)
    assert.is_false(ok)
    assert.matches(pattern, failure.message)
    return count
  end
  local function vae()
    return ae.VAE { input = { 4 }, latent = 2, encoder = ae.nn.Dense(3), decoder = ae.nn.Dense(4) }
  end

  it("are refused before the first batch where they are a validation's and there is none", function()
    for _, class in ipairs { "EarlyStopping", "ReduceLROnPlateau" } do
      assert.equal(0, refused(class .. ": monitor 'val_loss' is not in the history, which has val_ names where fit has the "
        .. "option validation", { callbacks[class] { monitor = "val_loss" } }, {}))
    end
    local path = os.tmpname()
    assert.equal(0, refused("ModelCheckpoint: monitor 'val_loss'",
      { callbacks.ModelCheckpoint { path = path, monitor = "val_loss" } }, {}))
    assert.equal(0, refused("ModelCheckpoint: path names 'val_los'",
      { callbacks.ModelCheckpoint { path = path .. "{epoch}-{val_los}" } }, {}))
  end)

  it("are refused after the first batch, when the model's terms are known", function()
    local path = os.tmpname()
    local function watching(name) return { callbacks.EarlyStopping { monitor = name } } end
    assert.equal(1, refused("monitor 'val_los' is not in the history; did you mean 'val_loss'", watching "val_los",
      { validation = toy.pairs(8, 2) }))
    assert.equal(1, refused("did you mean 'fit'", watching "fitt", {}))
    assert.equal(1, refused("path names 'los', which is not in the history; did you mean 'loss'",
      { callbacks.ModelCheckpoint { path = path .. "{los}" } }, {}))
    assert.equal(1, refused("did you mean 'active_units'", watching "active_unit", { model = vae(), data = ae.rand(32, 4) }))
    os.remove(path)
    for _, name in ipairs { "fit", "val_fit", "mse", "val_mse", "lr", "val_loss", "seconds" } do
      fit(toy.model(), { metrics = { "mse" }, validation = toy.pairs(8, 2), callbacks = watching(name) })
    end
    for _, name in ipairs { "kl", "reconstruction", "active_units" } do
      fit(vae(), { data = ae.rand(32, 4), callbacks = watching(name) })
    end
  end)

  it("are waited for where model or callback may give them later, and the epoch is not lost", function()
    local path = os.tmpname()
    local stopping = { callbacks.EarlyStopping { monitor = "late" } }
    local model = vae()
    function model:end_pass(run) return { late = run and 1 or nil } end
    fit(model, { data = ae.rand(32, 4), callbacks = stopping })
    model = toy.model()
    function model:training_step(batch) return (self:losses(batch)), { late = 1 } end
    fit(model, { callbacks = stopping })
    local scorer = { on_epoch_end = function(_, _, row) row.late = row.epoch end }
    fit(toy.model(), { callbacks = { scorer, stopping[1] } })
    assert.equal(1, refused("monitor 'late'", { stopping[1], scorer }, {}))
    assert.equal(4, refused("monitor 'late'", { { on_epoch_end = function() end }, stopping[1] }, { checkpoint = path }))
    local history = fit(toy.model(), { epochs = 2, checkpoint = path, resume = true, callbacks = { scorer, stopping[1] } })
    assert.equal(2, #history.epochs)
    os.remove(path)
  end)
end)

describe("ReduceLROnPlateau", function()
  local function optimizer(lr)
    return { lr = lr, get_lr = function(self) return self.lr end, set_lr = function(self, v) self.lr = v end }
  end
  it("multiplies the rate after patience epochs, down to min_lr", function()
    local run = { optimizer = optimizer(1) }
    replay(callbacks.ReduceLROnPlateau { patience = 2, factor = 0.1, min_lr = 0.05 }, "loss", { 1, 1, 1, 1, 1 }, run)
    assert.near(0.05, run.optimizer.lr, 1e-12)
  end)
  it("waits out its cooldown", function()
    local run = { optimizer = optimizer(1) }
    replay(callbacks.ReduceLROnPlateau { patience = 1, factor = 0.5, cooldown = 2 }, "loss", { 1, 1, 1 }, run)
    assert.near(0.5, run.optimizer.lr, 1e-12)
  end)
end)

describe("LRScheduler", function()
  it("takes a function of the epoch and the rate", function()
    local history = fit(toy.model(), { epochs = 3, optimizer = ae.optim.SGD { lr = 0.1 },
      callbacks = { callbacks.LRScheduler(function(epoch) return 0.1 / epoch end) } })
    local rates = history:column "lr"
    for epoch = 1, 3 do assert.near(0.1 / epoch, rates[epoch], 1e-9) end
  end)
  it("refuses a rate that is no rate, and what is no schedule", function()
    assert.has_error(function() callbacks.LRScheduler(3) end)
    assert.has_error(function()
      fit(toy.model(), { epochs = 1, optimizer = "sgd", callbacks = { callbacks.LRScheduler(function() return -1 end) } })
    end)
  end)
end)

describe("CSVLogger", function()
  it("writes a line per epoch under the history's names", function()
    local path = os.tmpname()
    fit(toy.model(), { epochs = 2, optimizer = "sgd", callbacks = { callbacks.CSVLogger { path = path } } })
    local lines = {}
    for line in io.lines(path) do lines[#lines + 1] = line end
    os.remove(path)
    assert.equal(3, #lines)
    assert.equal("epoch,loss,fit,lr,seconds", lines[1])
    assert.matches("^2,", lines[3])
  end)
  it("goes on after the epoch that a run is resumed from", function()
    local path, state = os.tmpname(), os.tmpname()
    os.remove(state)
    local function run(epochs, resume)
      fit(toy.model(), { epochs = epochs, optimizer = "sgd", checkpoint = state, resume = resume,
        callbacks = { callbacks.CSVLogger { path = path } } })
    end
    run(2, false)
    local file = assert(io.open(path, "a"))
    file:write("3,0,0,0,0\n") -- of an epoch whose state was not written
    file:close()
    run(4, true)
    local epochs = {}
    for line in io.lines(path) do epochs[#epochs + 1] = line:match("^[^,]+") end
    os.remove(path)
    os.remove(state)
    assert.same({ "epoch", "1", "2", "3", "4" }, epochs)
  end)
  it("says before training that it cannot write", function()
    assert.has_error(function()
      fit(toy.model(), { epochs = 1, callbacks = { callbacks.CSVLogger { path = "/nonexistent/x.csv" } } })
    end)
  end)
end)

describe("callbacks without options", function()
  it("take none", function()
    assert.has_error(function() callbacks.TimeBudget(1, { x = 1 }) end)
    assert.has_error(function() callbacks.TerminateOnNaN { patience = 1 } end)
    assert.has_error(function() callbacks.LRScheduler(ae.schedule.constant(0.1), { x = 1 }) end)
  end)
end)

describe("ModelCheckpoint", function()
  local function saves(checkpoint, rows)
    local saved = {}
    local run = { model = { save = function(_, path) saved[#saved + 1] = path end } }
    checkpoint:on_train_begin(run)
    for epoch, loss in ipairs(rows) do
      run.epoch = epoch
      checkpoint:on_epoch_end(run, { epoch = epoch, loss = loss })
    end
    return saved
  end
  it("saves where the value improves, under a name made of the row", function()
    local checkpoint = callbacks.ModelCheckpoint { path = "m-{epoch}-{loss}.safetensors" }
    assert.same({ "m-1-3.0000.safetensors", "m-3-2.5000.safetensors" }, saves(checkpoint, { 3.0, 4.0, 2.5 }))
  end)
  it("saves every so many epochs where best_only is off", function()
    local checkpoint = callbacks.ModelCheckpoint { path = "{epoch}.safetensors", best_only = false, every = 2 }
    assert.same({ "2.safetensors", "4.safetensors" }, saves(checkpoint, { 1, 2, 3, 4, 5 }))
  end)
  it("refuses a path that cannot be written before training, and names that the history lacks", function()
    assert.has_error(function() saves(callbacks.ModelCheckpoint { path = "/nonexistent/m.safetensors" }, {}) end)
    assert.has_error(function() saves(callbacks.ModelCheckpoint { path = "/nonexistent/{epoch}.safetensors" }, {}) end)
    assert.has_error(function() saves(callbacks.ModelCheckpoint { path = "{los}.safetensors" }, { 1 }) end)
  end)
end)

describe("TimeBudget", function()
  it("ends the run after its seconds", function()
    local history = fit(toy.model(), { epochs = 1000000, optimizer = "sgd", callbacks = { callbacks.TimeBudget(0.05) } })
    assert.matches("TimeBudget: 0.05 seconds", history.stopped)
  end)
end)

describe("TerminateOnNaN", function()
  it("ends the run where fit would raise", function()
    local x = ae.tensor { { 1 }, { 0 / 0 } }
    local history = fit(toy.model(), { data = ae.data.pairs(x, x), epochs = 2, batch_size = 1, optimizer = "sgd",
      callbacks = { callbacks.TerminateOnNaN() } })
    assert.matches("not finite", history.stopped)
  end)
end)
