local ae = require "aelua"
local support = require "spec.support.nn"
local nn = ae.nn

local raises = support.raises

local function names_of(iterator)
  local names = {}
  for name in iterator do names[#names + 1] = name end
  return names
end

local Residual = nn.Module:extend("Residual")
function Residual:init(units)
  self.dense = nn.Dense(units, "relu")
  self.scale = ae.full({ units }, 0.5):require_grad(true)
end
function Residual:forward(x) return x + self.dense:forward(x) * self.scale end

describe("a module of one's own", function()
  before_each(function() ae.seed(3) end)

  it("computes what its forward says, also when called", function()
    local module = Residual(4)
    local x = ae.randn { 2, 4 }
    local y = module:forward(x)
    local wanted = x + module.dense:forward(x) * 0.5
    assert.same(wanted:totable(), y:totable())
    assert.same(wanted:totable(), module(x):totable())
  end)

  it("has the parameters of its fields, in the order in which these were set", function()
    local module = Residual(4)
    module:build { 4 }
    assert.same({ "dense.weight", "dense.bias", "scale" }, names_of(module:named_parameters()))
    assert.equal(3, #module:parameters())
    assert.equal(16 + 4 + 4, module:count_parameters())
  end)

  it("takes what was computed for neither parameter nor buffer", function()
    local Keeper = nn.Module:extend("Keeper")
    function Keeper:init() self.gain = ae.ones({ 2 }):require_grad(true) end
    function Keeper:forward(x)
      self.last = x * self.gain
      return self.last
    end
    local module = Keeper()
    module:forward(ae.ones { 3, 2 })
    assert.same({ "gain" }, names_of(module:named_parameters()))
    assert.is_nil(module:state_dict().last)
  end)

  it("saves buffers and does not train them", function()
    local Counter = nn.Module:extend("Counter")
    function Counter:init() self:buffer("mean", ae.zeros { 3 }) end
    local module = Counter()
    assert.same({}, names_of(module:named_parameters()))
    assert.same({ "mean" }, names_of(module:named_buffers()))
    assert.same({ 0, 0, 0 }, module:state_dict().mean:totable())
    raises("buffer wants a tensor for 'x', got number", module.buffer, module, "x", 3)
  end)

  it("that has no forward says so", function()
    local Empty = nn.Module:extend("Empty")
    raises("Empty has no method forward", function() Empty():forward(ae.ones { 1, 1 }) end)
  end)

  it("calls modules alone", function()
    local module = nn.Sequential {}
    raises("Sequential wants a module to call its forward, got string", module.within, module, "x", "forward", 1)
    raises("got a class Dense; call it: Dense%(...%)", module.within, module, nn.Dense, "forward", ae.ones { 1, 1 })
    raises("got nil", module.within, module, nil, "forward")
  end)

  it("names the first below it that is not built", function()
    local module = nn.Sequential { nn.Flatten(), nn.Residual { nn.Dense(2) } }
    local name, below = module:first_unbuilt()
    assert.equal("2.layers.1", name)
    assert.equal(module[2].layers[1], below)
    module:build { 2 }
    assert.is_nil((module:first_unbuilt()))
    assert.equal("", (nn.Dense(2):first_unbuilt()))
  end)

  it("is built by one sample of zeros, in evaluation mode and without a gradient", function()
    local modes = {}
    local Probe = nn.Module:extend("Probe")
    function Probe:init() self.dense = nn.Dense(5) end
    function Probe:forward(x)
      modes[#modes + 1] = self.training
      return self.dense:forward(x)
    end
    local module = Probe()
    assert.same({ 5 }, module:build { 3 })
    assert.same({ false }, modes)
    assert.is_true(module.training)
    assert.same({ 3, 5 }, module.dense.weight.shape)
  end)
end)

describe("modes", function()
  it("reach everything below", function()
    local module = nn.Sequential { nn.Dropout(0.5), nn.Sequential { nn.Dropout(0.5) } }
    assert.is_true(module[2][1].training)
    module:eval()
    assert.is_false(module[1].training)
    assert.is_false(module[2][1].training)
    module:train()
    assert.is_true(module[2][1].training)
    module:train(false)
    assert.is_false(module[2][1].training)
  end)

  it("come back one by one after quietly, errors or not", function()
    local module = nn.Sequential { nn.Dropout(0.5), nn.Dropout(0.5) }
    module[2]:eval()
    module:quietly(function()
      assert.is_false(module.training)
      assert.is_false(module[1].training)
    end)
    assert.is_true(module[1].training)
    assert.is_false(module[2].training)
    raises("stop", module.quietly, module, function() error("stop") end)
    assert.is_true(module[1].training)
    assert.is_false(module[2].training)
  end)

  it("come back as they were, whatever they were and whatever is done to them meanwhile", function()
    local Still = nn.Module:extend("Still")
    Still.training = false
    local module = nn.Sequential { nn.Dropout(0.5), nn.Dropout(0.5), Still() }
    module[2]:eval()
    rawset(module[1], "training", "odd")
    module:quietly(function()
      for i = 1, 3 do assert.is_false(module[i].training) end
      module:train()
      module:quietly(function() assert.is_false(module[2].training) end)
      assert.is_true(module[2].training)
    end)
    assert.equal("odd", module[1].training)
    assert.is_false(module[2].training)
    assert.is_false(module[3].training)
    assert.is_true(module.training)
  end)

  it("are seen as they are at each call", function()
    local module = nn.Sequential { nn.Dropout(0.5), nn.Sequential { nn.Dropout(0.5) } }
    local function modes()
      return module:quietly(function() return module[1].training, module[2][1].training end)
    end
    assert.same({ false, false }, { modes() })
    module[2][1].training = false
    modes()
    assert.same({ true, true, false }, { module[1].training, module[2].training, module[2][1].training })
    module[2][1].training = true
    module[1]:eval()
    assert.same({ false, false }, { modes() })
    assert.same({ false, true, true }, { module[1].training, module[2].training, module[2][1].training })
  end)

  it("reach what has come in the place of another module, in a field, a list or a table", function()
    local Parts = nn.Module:extend("Parts")
    function Parts:init() self.field, self.list, self[1] = nn.Tanh(), { { name = nn.Tanh() } }, nn.Tanh() end
    local module = Parts()
    local function modes()
      return module:quietly(function() return module.field.training, module.list[1].name.training, module[1].training end)
    end
    modes()
    local before = module.field
    module.field, module.list[1].name, module[1] = nn.ReLU(), nn.ReLU(), nn.ReLU()
    assert.same({ false, false, false }, { modes() })
    assert.is_true(module.field.training and module.list[1].name.training and module[1].training)
    module:eval()
    assert.is_false(module.field.training or module.list[1].name.training or module[1].training)
    assert.is_true(before.training)
    module.more, module.list[2] = nn.Tanh(), nn.Tanh()
    module:quietly(function() assert.is_false(module.more.training or module.list[2].training) end)
  end)

  it("come back to the modules that had them, where quietly puts another one into their place", function()
    local module = nn.Sequential { nn.Tanh() }
    local before, after = module[1], nn.ReLU()
    module:quietly(function() module[1] = after end)
    assert.is_true(before.training and after.training)
  end)

  it("quietly gives what the function gives, and raises what it raises", function()
    local module = nn.Tanh()
    local given = table.pack(module:quietly(function(...) return select("#", ...), ..., nil end, 1, nil))
    assert.same({ 2, 1, n = 3 }, given)
    assert.equal(0, select("#", module:quietly(function() end)))
    local value = { "mine" }
    local ok, failure = pcall(module.quietly, module, error, value)
    assert.is_false(ok)
    assert.equal(value, failure)
  end)

  it("quietly records nothing", function()
    local dense = nn.Dense(2)
    dense:build { 2 }
    local y = dense:quietly(dense.forward, dense, ae.ones { 1, 2 })
    assert.is_false(y.requires_grad)
  end)
end)

describe("freezing", function()
  it("stops the gradient, keeps the parameter, and can be undone", function()
    local dense = nn.Dense(2)
    dense:build { 3 }
    dense:freeze()
    assert.is_false(dense.weight.requires_grad)
    assert.same({ "weight", "bias" }, names_of(dense:named_parameters()))
    assert.equal(8, dense:count_parameters())
    assert.equal(0, dense:count_parameters { trainable = true })
    assert.truthy(dense:state_dict().weight)
    assert.is_false(dense:forward(ae.ones { 1, 3 }).requires_grad)
    dense:unfreeze()
    assert.is_true(dense.weight.requires_grad)
    assert.equal(8, dense:count_parameters { trainable = true })
  end)
end)

describe("penalties", function()
  it("add up over the tree by name", function()
    local module = nn.Sequential { nn.Dense(2, { l2 = 0.5 }), nn.Sequential { nn.Dense(1, { l1 = 2, l2 = 0.25 }) } }
    module:build { 2 }
    module:load_state_dict {
      ["1.weight"] = ae.tensor { { 1, -2 }, { 0, 3 } }, ["1.bias"] = ae.zeros { 2 },
      ["2.1.weight"] = ae.tensor { { 2 }, { -4 } }, ["2.1.bias"] = ae.zeros { 1 },
    }
    local penalties = module:penalties()
    assert.near(0.5 * 14 + 0.25 * 20, penalties.l2:item(), 1e-5)
    assert.near(2 * 6, penalties.l1:item(), 1e-5)
    assert.near(12 + 12, module:penalty():item(), 1e-5)
  end)

  it("are the number 0 where there are none", function()
    assert.equal(0, nn.Sequential { nn.Flatten() }:penalty())
  end)

  it("have gradients: 2 lambda w, lambda sign(w)", function()
    local dense = nn.Dense(1, { l1 = 0.5, l2 = 0.25, bias = false })
    dense:build { 3 }
    dense:load_state_dict { weight = ae.tensor { { 2 }, { -1 }, { 0 } } }
    dense:penalty():backward()
    local gradient = dense.weight.grad:totable()
    assert.near(0.5 + 1, gradient[1][1], 1e-5)
    assert.near(-0.5 - 0.5, gradient[2][1], 1e-5)
    assert.near(0, gradient[3][1], 1e-6)
  end)
end)

describe("apply", function()
  it("visits everything, containers last", function()
    local seen = {}
    nn.Sequential { nn.Flatten(), nn.Sequential { nn.ReLU() } }:apply(function(m) seen[#seen + 1] = m.class_name end)
    assert.same({ "ReLU", "Sequential", "Flatten", "Sequential" }, seen)
  end)

  it("wants a name for a class of one's own", function()
    support.raises("Module:extend wants the name of the class, got nil", function() nn.Module:extend() end)
  end)
end)
