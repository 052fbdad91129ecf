local ae = require "aelua"
local core = require "aelua.core"
local fails = require "spec.support.fails"

describe("a tensor", function()
  local t = ae.tensor { { 1, 2, 3 }, { 4, 5, 6 } }

  it("has properties", function()
    assert.same({ 2, 3 }, t.shape)
    assert.equal(2, t.ndim)
    assert.equal(core.real, t.dtype)
    assert.equal(2, #t)
    assert.is_nil(t.grad)
    assert.is_false(t.requires_grad)
    assert.is_true(ae.is_tensor(t))
    assert.is_false(ae.is_tensor({}))
    assert.is_false(ae.is_tensor(io.stdout))
    fails("shape", "no dimensions", function() return #ae.tensor(1) end)
  end)

  it("has nothing else", function()
    fails("invalid", "tensor: has no 'shap'; did you mean 'shape'?", function() return t.shap end)
    fails("invalid", "tensor: has no 'sgimoid'; did you mean 'sigmoid'?", function() return t:sgimoid() end)
    fails("invalid", "tensor: has no 'zzzzzz'", function() return t.zzzzzz end)
    fails("type", "item: wants a tensor, got nothing", function() t.item() end)
    fails("invalid", "cannot be set", function() t.shape = {} end)
  end)

  it("gives its only element", function()
    assert.equal(2.5, ae.tensor({ { 2.5 } }):item())
    assert.equal("integer", math.type(ae.tensor({ 3 }, { dtype = "u8" }):item()))
    fails("shape", "item: wants one element, got [2, 3]", function() t:item() end)
  end)

  it("is equal to itself alone", function()
    assert.is_true(t == t)
    assert.is_false(t == ae.tensor { { 1, 2, 3 }, { 4, 5, 6 } })
    assert.is_true(t ~= 3)
    local p = ae.tensor({ 1 }):require_grad()
    ;(p * p):backward()
    assert.is_true(p.grad == p.grad)
  end)

  it("does not compare to one boolean", function()
    fails("unsupported", "a:lt(b)", function() return t < 3 end)
    fails("unsupported", "a:lt(b)", function() return t > t end)
    fails("unsupported", "a:le(b)", function() return t <= 3 end)
    fails("unsupported", "a:le(b)", function() return 3 >= t end)
  end)

  it("is filled", function()
    local x = ae.zeros(2)
    assert.equal(x, x:fill_(3))
    assert.same({ 3, 3 }, x:totable())
    fails("invalid", "fill_: u8 wants an integer from 0 to 255, got -1", function()
      ae.zeros({ 2 }, { dtype = "u8" }):fill_(-1)
    end)
  end)

  it("is freed by hand, by a block, or by the collector", function()
    local before = ae.memory().live
    local x = ae.zeros(1000)
    x:free()
    x:free()
    assert.equal(before, ae.memory().live)
    do
      local y <close> = ae.zeros(1000)
      assert.is_true(ae.memory().live > before, tostring(y))
    end
    assert.equal(before, ae.memory().live)
    local _ = ae.zeros(1000)
    _ = nil
    collectgarbage()
    assert.is_true(ae.memory().live <= before)
  end)

  it("lets views live on when it is freed", function()
    local x = ae.tensor { { 1, 2 }, { 3, 4 } }
    local row = x[2]
    x:free()
    assert.same({ 3, 4 }, row:totable())
  end)
end)

describe("gradients of a tensor", function()
  it("are required of leaves of the computing type", function()
    local p = ae.tensor { 1, 2 }
    assert.equal(p, p:require_grad())
    assert.is_true(p.requires_grad)
    assert.is_false(p:require_grad(false).requires_grad)
    p:require_grad()
    local y = p * 2
    assert.equal(y, y:require_grad())
    fails("state", "detach it", function() y:require_grad(false) end)
    fails("type", "require_grad: wants a " .. ae.real .. " tensor, got u8", function()
      ae.tensor({ 1 }, { dtype = "u8" }):require_grad()
    end)
  end)

  it("add up until they are zeroed", function()
    local p = ae.tensor({ 3 }):require_grad()
    ;(p * 2):backward()
    ;(p * 2):backward()
    assert.equal(4, p.grad:item())
    assert.equal(p, p:zero_grad())
    ;(p * 2):backward()
    assert.equal(2, p.grad:item())
    p:zero_grad()
    assert.equal(0, p.grad:item())
    ;(p * 2):backward()
    assert.equal(2, p.grad:item())
  end)

  it("written by a script are what the next backward adds to", function()
    local p = ae.tensor({ 3 }):require_grad()
    ;(p * 2):backward()
    p:zero_grad()
    p.grad:fill_(10)
    ;(p * 2):backward()
    assert.equal(12, p.grad:item())
  end)

  it("are kept of what is no leaf where that was asked for", function()
    local p = ae.tensor({ 3 }):require_grad()
    local y = (p * 2):retain_grad()
    local z = p * 5
    (y * z):backward()
    assert.equal(15, y.grad:item())
    assert.is_nil(z.grad)
    fails("state", "retain_grad: the tensor does not require gradients", function() ae.tensor({ 1 }):retain_grad() end)
  end)

  it("do not pass detach", function()
    local p = ae.tensor({ 3 }):require_grad()
    local d = p:detach()
    assert.is_false(d.requires_grad)
    d[1] = 4
    assert.equal(4, p:item())
    ;(p * p:detach()):backward()
    assert.equal(4, p.grad:item())
  end)
end)
