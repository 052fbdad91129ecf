local ae = require "aelua"
local support = require "spec.support.nn"
local nn = ae.nn

local raises = support.raises

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
