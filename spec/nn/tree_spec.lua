local ae = require "aelua"
local support = require "spec.support.nn"
local tree = require "aelua.nn.tree"
local nn = ae.nn

local function names_of(iterator)
  local names = {}
  for name in iterator do names[#names + 1] = name end
  return names
end

describe("the tree below a module", function()
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

  it("may hold references back up, and tables that hold themselves", function()
    local Node = nn.Module:extend("Node")
    local parent, child = Node(), Node()
    parent.child, child.up = child, parent
    parent.loop = {}
    parent.loop.loop = parent.loop
    assert.equal(2, #tree.list(parent).modules)
    assert.same({ child }, parent:children())
    assert.equal("child", tree.place(parent, child))
    assert.is_nil(tree.place(parent, nn.ReLU()))
  end)

  it("has one mode, that of what is listed and of nothing else", function()
    local Node = nn.Module:extend("Node")
    local root, shared, private = Node(), nn.Dense(2), nn.Tanh()
    root.first, root._hidden = { nn.Sequential { nn.Tanh(), shared }, { deep = nn.ReLU(), _not = private } }, private
    root.again, root.data, root.text = shared, ae.data.dataset(ae.ones(2, 2)), "text"
    root[1], root.up, root.list = nn.Flatten(), root, { 1, 2, { 3 } }
    root.list.itself = root.list
    rawset(root, "set_raw", nn.ReLU())
    root.data.model = private
    for i = 1, 100 do root.list[3 + i] = { name = i, layer = nn.Sequential { nn.Tanh() } } end
    local listed = tree.list(root).modules
    assert.equal(206, #listed)
    assert.equal(root, tree.set_mode(root, false))
    for _, entry in ipairs(listed) do assert.is_false(entry.value.training) end
    assert.is_true(private.training)
    assert.is_true(rawget(root, "set_raw").training)
    tree.set_mode(root, true)
    local seen = tree.evaluating(root, function()
      for _, entry in ipairs(listed) do assert.is_false(entry.value.training) end
      return private.training
    end)
    assert.is_true(seen)
    for _, entry in ipairs(listed) do assert.is_true(entry.value.training) end
  end)

  it("may have a field as wide as a data set", function()
    local Node = nn.Module:extend("Node")
    local root, numbers, deep = Node(), {}, {}
    for i = 1, 100000 do numbers[i] = i end
    root.numbers, root.deep = numbers, deep
    for _ = 1, 10000 do
      deep[1] = {}
      deep = deep[1]
    end
    deep[1] = nn.Tanh()
    root:eval()
    assert.is_false(deep[1].training)
  end)

  it("writes places as scripts would", function()
    local inner = nn.ReLU()
    local Pair = nn.Module:extend("Pair")
    local pair = Pair()
    pair.steps = { nn.Sequential { nn.Tanh(), inner } }
    assert.equal("steps[1][2]", tree.place(pair, inner))
  end)

  it("refuses two tensors of one name", function()
    local Odd = nn.Module:extend("Odd")
    local odd = Odd()
    odd["a.b"] = ae.ones({ 1 }):require_grad()
    odd.a = { b = ae.ones({ 1 }):require_grad() }
    support.raises("two tensors are called 'a.b'", odd.state_dict, odd)
  end)
end)
