local ae = require "aelua"
local fails = require "spec.support.fails"

local function leaf(...) return ae.tensor({ ... }):require_grad() end

describe("backward", function()
  it("wants a gradient of anything but one element", function()
    local x = leaf(1, 2)
    fails("shape", "backward: wants a gradient for a tensor of shape [2]", function() (x * 2):backward() end)
    ;(x * 2):backward(ae.tensor { 1, 10 })
    assert.same({ 2, 20 }, x.grad:totable())
    ;(x * 2):backward { gradient = ae.tensor { 1, 10 } }
    assert.same({ 4, 40 }, x.grad:totable())
    fails("shape", "[3]", function() (x * 2):backward(ae.ones(3)) end)
  end)

  it("goes once through a graph, unless that is retained", function()
    local x = leaf(3)
    local y = x * x
    y:backward { retain_graph = true }
    y:backward(nil, { retain_graph = false })
    assert.equal(12, x.grad:item())
    fails("state", "consumed by an earlier backward", function() y:backward() end)
  end)

  it("wants a tensor that was computed from one with gradients, and known options", function()
    fails("state", "backward", function() ae.tensor({ 1 }):backward() end)
    fails("unsupported", "gradients of gradients", function() leaf(1):backward { create_graph = true } end)
    fails("invalid", "did you mean 'retain_graph'", function() leaf(1):backward { retain_grph = true } end)
  end)

  it("goes through long chains without recursion", function()
    local x = leaf(1)
    local y = x
    for _ = 1, 50000 do y = y * 1 end
    y:backward()
    assert.equal(1, x.grad:item())
    local z = x
    for _ = 1, 50000 do z = z * 1 end
    z = nil
    collectgarbage()
    assert.is_nil(z)
  end)
end)

describe("grad", function()
  it("gives one gradient for each tensor and adds nothing up", function()
    local x, w, other = leaf(3), leaf(5), leaf(1)
    local gx, gw, go = ae.grad(x * w, { x, w, other })
    assert.equal(5, gx:item())
    assert.equal(3, gw:item())
    assert.is_nil(go)
    assert.is_nil(x.grad)
    assert.equal(6, ae.grad(x * x, x):item())
  end)

  it("is of any tensor on the way", function()
    local x = leaf(3)
    local y = x * x
    assert.equal(243, ae.grad(y * y * y, y, { retain_graph = true }):item())
    assert.equal(108, ae.grad(y * y, x):item())
  end)

  it("takes a gradient of y, and refuses what it does not do", function()
    local x = leaf(1, 2)
    assert.same({ 3, 6 }, ae.grad(x * 3, x, { gradient = ae.tensor { 1, 2 } }):totable())
    fails("unsupported", "grad: create_graph", function() ae.grad(x:sum(), x, { create_graph = true }) end)
    fails("invalid", "1 to 100000 tensors, got 0", function() ae.grad(x:sum(), {}) end)
    fails("type", "each entry wants a tensor, got 3", function() ae.grad(x:sum(), { 3 }) end)
  end)
end)

describe("gradcheck", function()
  it("passes what is right", function()
    assert.is_true(ae.gradcheck(function(x) return x:tanh() end, ae.randn(2, 3)))
    assert.is_true(ae.gradcheck(function(a, b) return a * b, a + b end, ae.randn(2, 3), ae.randn(3)))
    assert.is_true(ae.gradcheck(function(x, n) return x * n end, ae.randn(1), 3))
    assert.is_true(ae.gradcheck(function(x) return x:sum() end, ae.zeros(0, 3)))
  end)

  it("names input, element and both numbers of what is wrong", function()
    local wrong = ae.Function {
      forward = function(ctx, x)
        ctx.x = x
        return x * x
      end,
      backward = function(ctx, g)
        local gx = g * ctx.x * 2
        gx[{ 2, 1 }] = 100
        return gx
      end,
    }
    fails("invalid", "gradcheck: input 1, element {2, 1}: backward gives 100, differences give ", function()
      ae.gradcheck(wrong, ae.randn(2, 3))
    end)
    local none = ae.Function { forward = function(_, x) return x * x end, backward = function() end }
    assert.is_false(pcall(ae.gradcheck, none, ae.ones(2)))
  end)

  it("finds a gradient that is not a number", function()
    local bad = ae.Function {
      forward = function(_, x) return x * 2 end,
      backward = function(_, g) return g * (0 / 0) end,
    }
    fails("invalid", "nan", function() ae.gradcheck(bad, ae.ones(1)) end)
  end)

  it("perturbs the very tensors, and puts them back", function()
    local w = ae.tensor { 1, 2 }
    assert.is_true(ae.gradcheck(function() return w * w end, w))
    assert.same({ 1, 2 }, w:totable())
    assert.is_false(w.requires_grad)
    assert.is_nil(w.grad)
  end)

  it("gives random operations the same numbers every time", function()
    assert.is_true(ae.gradcheck(function(x) return x * ae.rand(3) end, ae.randn(3)))
  end)

  it("takes tolerances, and wants tensors", function()
    assert.is_true(ae.gradcheck(function(x) return x:exp() end, ae.randn(3), { eps = 1e-3, rtol = 0.1, atol = 0.1 }))
    fails("invalid", "did you mean 'atol'", function() ae.gradcheck(print, ae.ones(1), { atoll = 1 }) end)
    fails("type", "wants a " .. ae.real .. " tensor among the arguments", function() ae.gradcheck(print, 3) end)
    fails("type", "the function wants to return", function() ae.gradcheck(function() return 3 end, ae.ones(1)) end)
  end)
end)
