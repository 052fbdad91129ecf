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

  it("finds modules in lists, in tables by name in alphabetical order, and shared ones once", function()
    local Many = nn.Module:extend("Many")
    function Many:init()
      self.list = { nn.Dense(2), nn.Dense(2) }
      self.by_name = { z = nn.Dense(2), a = nn.Dense(2) }
      self.again = self.list[1]
      self._hidden = nn.Dense(2)
    end
    local module = Many()
    for _, one in ipairs { module.list[1], module.list[2], module.by_name.a, module.by_name.z } do one:build { 3 } end
    assert.same({
      "list.1.weight", "list.1.bias", "list.2.weight", "list.2.bias",
      "by_name.a.weight", "by_name.a.bias", "by_name.z.weight", "by_name.z.bias",
    }, names_of(module:named_parameters()))
    assert.same({ "", "list.1", "list.2", "by_name.a", "by_name.z" }, names_of(module:named_modules()))
    assert.equal(4, #module:children())
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

describe("state", function()
  local function two_layers()
    local module = nn.Sequential { nn.Dense(3, "tanh"), nn.Dense(2) }
    module:build { 4 }
    return module
  end

  it("copied into another module makes it compute the same", function()
    ae.seed(1)
    local a, b = two_layers(), two_layers()
    local x = ae.randn { 5, 4 }
    assert.not_same(a:forward(x):totable(), b:forward(x):totable())
    b:load_state_dict(a:state_dict())
    assert.same(a:forward(x):totable(), b:forward(x):totable())
    assert.is_true(b[1].weight.requires_grad)
  end)

  local function refuses(change, pattern)
    local module = two_layers()
    local dict = {}
    for name, tensor in pairs(module:state_dict()) do dict[name] = ae.zeros(tensor.shape) end
    change(dict)
    local before = module[1].bias:totable()
    ae.no_grad(function() module[1].weight:fill_(7) end)
    raises(pattern, module.load_state_dict, module, dict)
    assert.equal(7, module[1].weight[{ 1, 1 }]:item())
    assert.same(before, module[1].bias:totable())
  end

  it("with a missing tensor is refused, and nothing has changed", function()
    refuses(function(dict) dict["2.bias"] = nil end, "Sequential:load_state_dict: missing: 2%.bias")
  end)

  it("with a surplus tensor is refused, and nothing has changed", function()
    refuses(function(dict) dict["3.bias"] = ae.zeros { 1 } end, "the module has no 3%.bias")
  end)

  it("with another shape is refused, and nothing has changed", function()
    refuses(function(dict) dict["2.weight"] = ae.zeros { 2, 3 } end,
      "'2%.weight' wants the shape %[3, 2%], got %[2, 3%]")
  end)

  it("with another type is refused, and nothing has changed", function()
    refuses(function(dict) dict["2.bias"] = ae.zeros({ 2 }):to("i32") end, "'2%.bias' wants f%d+, got i32")
    refuses(function(dict) dict["2.bias"] = 3 end, "'2%.bias' wants a tensor, got number")
  end)

  it("of a module that is not built yet says what to call", function()
    local module = nn.Sequential { nn.Dense(3) }
    raises("has no 1%.bias, 1%.weight; 1 Dense is not built", module.load_state_dict, module,
      { ["1.weight"] = ae.zeros { 4, 3 }, ["1.bias"] = ae.zeros { 3 } })
  end)

  it("wants a table", function()
    raises("wants a table of tensors by name, got nil", nn.Dense(2).load_state_dict, nn.Dense(2), nil)
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
end)

describe("an error inside a tree", function()
  it("names the layer by its place", function()
    local inner = nn.Sequential { nn.Tanh(), nn.Dense(3) }
    local outer = nn.Sequential { nn.ReLU(), inner }
    outer:build { 4 }
    local failure = raises("Sequential%[2%]%[2%] Dense: dense: x wants a last dimension of 4", outer.forward, outer,
      ae.ones { 2, 5 })
    assert.equal("shape", failure.code)
  end)

  it("of a class of one's own keeps its message", function()
    local Broken = nn.Module:extend("Broken")
    function Broken:forward() return nil + 1 end
    local failure = raises("Sequential%[1%] Broken: .*attempt to perform arithmetic", function()
      nn.Sequential { Broken() }:forward(ae.ones { 1, 1 })
    end)
    assert.equal("callback", failure.code)
  end)

  it("that is no message passes as it is", function()
    local Broken = nn.Module:extend("Broken")
    local value = {}
    function Broken:forward() error(value) end
    local ok, failure = pcall(function() nn.Sequential { Broken() }:forward(ae.ones { 1, 1 }) end)
    assert.is_false(ok)
    assert.equal(value, failure)
  end)
end)

describe("watching", function()
  it("tells of every output and leaves no trace", function()
    local module = nn.Sequential { nn.Dense(3, "relu"), nn.Dense(2) }
    local seen = {}
    module:watch(function(place, one, output) seen[#seen + 1] = { place, one.class_name, output.shape } end,
      function() return module:forward(ae.ones { 1, 4 }) end)
    assert.same({ { "[1]", "Dense", { 1, 3 } }, { "[2]", "Dense", { 1, 2 } }, { "", "Sequential", { 1, 2 } } }, seen)
    assert.is_nil(rawget(module, "forward"))
    raises("stop", module.watch, module, function() error("stop") end,
      function() return module:forward(ae.ones { 1, 4 }) end)
    assert.is_nil(rawget(module[1], "forward"))
  end)
end)
