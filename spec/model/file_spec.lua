local ae = require "aelua"
local core = require "aelua.core"
local support = require "spec.support.nn"
local nn = ae.nn

local raises = support.raises

local function model(options)
  local given = {
    input = { 2, 3 }, name = "small",
    encoder = nn.Sequential { nn.Flatten(), nn.Dense(3, { activation = "tanh", l2 = 1e-3 }) },
    loss = { "huber", delta = 0.5 }, metrics = { "mse" },
  }
  for key, value in pairs(options or {}) do given[key] = value end
  given.decoder = given.decoder or ae.mirror(given.encoder, { tied = true, activation = "sigmoid" })
  return ae.Autoencoder(given)
end

-- What fn writes to standard error.
local function told(fn)
  local seen = {}
  local before = io.stderr
  rawset(io, "stderr", { write = function(_, text) seen[#seen + 1] = text end })
  local ok, failure = pcall(fn)
  rawset(io, "stderr", before)
  assert(ok, failure)
  return seen
end

describe("a saved model", function()
  local path
  before_each(function()
    ae.seed(40)
    path = support.temporary(".safetensors")
  end)
  after_each(support.clean)

  it("comes back as it was: architecture, weights, loss, metrics", function()
    local first = model()
    local x = ae.rand { 5, 2, 3 }
    assert.is_nil(first:save(path))
    local again = ae.load_model(path)
    assert.same(first:reconstruct(x):totable(), again:reconstruct(x):totable())
    assert.equal(first:summary(), again:summary())
    assert.same(first:evaluate(x), again:evaluate(x))
    assert.equal(again.encoder[2], again.decoder[1]._source)
    assert.is_true(again.encoder[2].weight.requires_grad)
  end)

  it("does not touch the random stream when it is read", function()
    model():save(path)
    ae.seed(5)
    local wanted = ae.rand({ 3 }):totable()
    ae.seed(5)
    ae.load_model(path)
    assert.same(wanted, ae.rand({ 3 }):totable())
  end)

  it("keeps corruption and targets of another shape", function()
    local first = ae.Autoencoder {
      input = { 4 }, target = { 2, 4 }, encoder = nn.Dense(3), decoder = nn.Dense { 2, 4 },
      corruption = ae.noise.masking(0.25),
    }
    first:save(path)
    local again = ae.load_model(path)
    assert.same({ 2, 4 }, again.output)
    assert.same(first.corruption:config(), again.corruption:config())
  end)

  it("keeps a layer that stands in several places one layer", function()
    local shared = nn.Dense(6, "relu")
    local first = model {
      encoder = nn.Sequential { nn.Flatten(), shared, shared }, decoder = nn.Sequential { shared, nn.Dense { 2, 3 } },
    }
    local x = ae.rand { 5, 2, 3 }
    first:save(path)
    local again = ae.load_model(path)
    assert.same(first:reconstruct(x):totable(), again:reconstruct(x):totable())
    assert.equal(first:count_parameters(), again:count_parameters())
    assert.equal(again.encoder[2], again.encoder[3])
    assert.equal(again.encoder[2], again.decoder[1])
  end)

  it("keeps the scaler", function()
    local x = ae.rand { 20, 2, 3 } * 7 + 3
    local first = model { scaler = ae.data.StandardScaler():fit(x) }
    first:save(path)
    support.near(first:reconstruct(x):totable(), ae.load_model(path):reconstruct(x))
  end)

  it("says what it leaves out, and takes it when it is read", function()
    local function own(a, b) return (a - b):abs():mean() end
    local first = model { loss = own, corruption = function(x) return x end, metrics = { "mse", mine = own } }
    local reason
    local seen = told(function() reason = first:save(path) end)
    assert.matches("the loss is a function", reason)
    assert.matches("the corruption is a function", reason)
    assert.matches("metric mine is a function", reason)
    assert.equal(1, #seen)
    assert.matches("^Autoencoder:save: '[^\n]* does not hold everything: [^\n]*\n$", seen[1])
    local x = ae.rand { 5, 2, 3 }
    local again = ae.load_model(path)
    assert.same(first:reconstruct(x):totable(), again:reconstruct(x):totable())
    raises("the file does not carry its loss, which was a function", again.losses, again, { input = x })
    assert.near(first:evaluate(x).loss, ae.load_model(path, { loss = own }):evaluate(x).loss, 1e-6)
    raises("load_model has no option 'los'; did you mean 'loss'", ae.load_model, path, { los = own })
  end)

  it("of a class of the user's own holds its weights and says why not more", function()
    local Residual = nn.Module:extend("Residual")
    function Residual:init() self.dense = nn.Dense(3, "relu") end
    function Residual:forward(x) return x + self.dense:forward(x) end
    local function make()
      return ae.Autoencoder { input = { 3 }, encoder = nn.Sequential { Residual() }, decoder = nn.Dense(3) }
    end
    local first, reason = make(), nil
    told(function() reason = first:save(path) end)
    assert.matches("encoder%[1%] is Residual, a class of your own", reason)
    raises("holds weights alone %(encoder%[1%] is Residual.*model:load", ae.load_model, path)
    local x = ae.rand { 4, 3 }
    local second = make()
    second:load(path)
    assert.same(first:reconstruct(x):totable(), second:reconstruct(x):totable())
  end)

  it("has its layers built first, those put in later too, or says why they cannot be", function()
    local first = model { decoder = nn.Dense { 2, 3 } }
    first.encoder[2] = nn.Dense(3, "relu")
    first:save(path)
    local x, again = ae.rand { 5, 2, 3 }, ae.load_model(path)
    assert.same(first:reconstruct(x):totable(), again:reconstruct(x):totable())
    os.remove(path)
    first.encoder[2] = nn.Dense(4)
    raises("decoder Dense: dense: x wants a last dimension of 3", first.save, first, path)
    first.encoder[2] = nn.Dense(3)
    first.extra = nn.Dense(7)
    raises("Autoencoder:save: extra Dense is not built and has no weights yet", first.save, first, path)
    raises("save_state: the module is not built .*: call build%(shape%) or forward first", ae.save_state, path, nn.Dense(7))
    raises("save_state: 1 Dense is not built", ae.save_state, path, nn.Sequential { nn.Dense(7) })
    assert.is_nil(io.open(path, "rb"))
  end)

  describe("that lies", function()
    local tensors, metadata, description
    before_each(function()
      model():save(path)
      tensors, metadata = core.read_safetensors(path)
      description = core.json.decode(metadata.model)
    end)

    local function refused(pattern, code)
      metadata.model = metadata.model and core.json.encode(description)
      core.write_safetensors(path, tensors, metadata)
      local failure = raises(pattern, ae.load_model, path)
      assert.equal(code or "format", failure.code)
    end

    it("about a layer is refused", function()
      description.encoder.layers[2].class = "Dens"
      refused("encoder.2: no layer 'Dens'; did you mean 'Dense'")
    end)

    it("about the model's class is refused", function()
      description.class = "Sequential"
      description.layers = {}
      refused("Sequential is a layer, not a model")
    end)

    it("about sizes is refused before any memory is taken", function()
      description.encoder.layers[2].units = { 1 << 40 }
      refused("weights %[6, 1099511627776%] are more than the file holds")
    end)

    it("about the shape is refused", function()
      description.encoder.layers[2].units = { 2 }
      refused("'encoder.2.weight' wants the shape %[6, 2%], got %[6, 3%]")
    end)

    it("by a missing weight is refused", function()
      tensors["encoder.2.bias"] = nil
      refused("missing: encoder.2.bias")
    end)

    it("by a surplus weight is refused", function()
      tensors["encoder.9.bias"] = ae.zeros { 1 }
      refused("the module has no encoder.9.bias")
    end)

    it("about its layout's version is refused", function()
      metadata.version = "2"
      refused("which reads up to 1", "unsupported")
      metadata.version = "x"
      refused("has no version of its layout")
    end)

    it("by naming code does not have it run", function()
      description.loss = "os.exit"
      refused("no loss 'os.exit'")
    end)
  end)

  it("that is none, or is not there, is refused", function()
    core.write_safetensors(path, { a = ae.zeros { 1 } }, { format = "pt" })
    raises("holds no model of aelua; weights alone are read by ae.load_state", ae.load_model, path)
    local failure = raises("", ae.load_model, path .. ".missing")
    assert.equal("io", failure.code)
  end)
end)

describe("saved weights", function()
  local path
  before_each(function()
    ae.seed(41)
    path = support.temporary(".safetensors")
  end)
  after_each(support.clean)

  it("of any module come back", function()
    local a, b = nn.Sequential { nn.Dense(3) }, nn.Sequential { nn.Dense(3) }
    a:build { 2 }
    b:build { 2 }
    ae.save_state(path, a)
    assert.equal(b, ae.load_state(path, b))
    assert.same(a[1].weight:totable(), b[1].weight:totable())
  end)

  it("in another module's file are refused, and nothing has changed", function()
    local a, b = nn.Sequential { nn.Dense(3) }, nn.Sequential { nn.Dense(4) }
    a:build { 2 }
    b:build { 2 }
    ae.save_state(path, a)
    local before = b[1].weight:totable()
    raises("wants the shape %[2, 4%], got %[2, 3%]", ae.load_state, path, b)
    assert.same(before, b[1].weight:totable())
  end)

  it("want a module", function()
    raises("save_state wants a module, got table", ae.save_state, path, {})
    raises("load_state wants a module, got nil", ae.load_state, path)
    raises("save_state takes a path and a module, got a further table", ae.save_state, path, nn.Dense(2), {})
    raises("load_state takes a path and a module, got a further table", ae.load_state, path, nn.Dense(2), {})
  end)
end)
