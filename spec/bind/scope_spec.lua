local ae = require "aelua"
local fails = require "spec.support.fails"

local function live() return ae.memory().live end

describe("scope", function()
  it("releases what was made inside and keeps what is returned", function()
    local inner
    local outer = ae.scope(function(factor)
      inner = ae.tensor { 1, 2 }
      return inner * factor
    end, 3)
    assert.same({ 3, 6 }, outer:totable())
    fails("state", "add: input 1 has been released at the end of the scope", function() return inner + 1 end)
    fails("state", "released at the end of the scope", function() return inner.shape end)
    assert.equal("tensor (released by its scope)", tostring(inner))
  end)

  it("keeps tensors in returned tables, however nested, cycles too", function()
    local result = ae.scope(function()
      local t = { ae.tensor { 1 }, { deep = { ae.tensor { 2 } } } }
      t.self = t
      return t
    end)
    assert.equal(1, result[1]:item())
    assert.equal(2, result[2].deep[1]:item())
  end)

  it("does not look into objects", function()
    local object = ae.scope(function() return setmetatable({ t = ae.tensor { 1 } }, {}) end)
    assert.is_false(pcall(object.t.item, object.t))
  end)

  it("keeps what it is told to", function()
    local a, b
    ae.scope(function()
      a, b = ae.scope.keep(ae.tensor { 1 }, { ae.tensor { 2 } })
    end)
    assert.equal(1, a:item())
    assert.equal(2, b[1]:item())
  end)

  it("keeps parameters and their gradients", function()
    local p
    ae.scope(function()
      p = ae.tensor({ 2, 3 }):require_grad()
      local y = p * p
      y:backward(ae.tensor { 1, 1 })
    end)
    assert.same({ 2, 3 }, p:totable())
    assert.same({ 4, 6 }, p.grad:totable())
  end)

  it("hands results of an inner scope to the outer one", function()
    local middle
    local result = ae.scope(function()
      middle = ae.scope(function() return ae.tensor { 5 } end)
      return middle + 1
    end)
    assert.equal(6, result:item())
    assert.is_false(pcall(middle.item, middle))
  end)

  it("frees at once, also where an error leaves it, and the error comes through", function()
    local before = live()
    local value = {}
    local ok, err = pcall(ae.scope, function()
      local t = ae.full({ 1000 }, 1)
      assert(t and live() > before)
      error(value)
    end)
    assert.is_false(ok)
    assert.equal(value, err)
    assert.equal(before, live())
  end)

  it("does not take what an outer scope made away from it", function()
    ae.scope(function()
      local a, list = ae.tensor { 1 }, { ae.tensor { 2 } }
      ae.scope(function()
        ae.scope(function() return a, list end)
      end)
      assert.equal(3, (a + list[1]):item())
    end)
  end)

  it("keeps parameters made in a scope within a scope", function()
    local p = ae.scope(function()
      local made
      ae.scope(function() made = { p = ae.ones(1):require_grad() } end)
      return setmetatable(made, {})
    end).p
    assert.equal(1, p:item())
  end)

  it("looks through 64 levels of tables, and says so", function()
    local function nest(depth) return depth == 0 and { ae.ones(1) } or { nest(depth - 1) } end
    assert.is_true(pcall(ae.scope, nest, 63))
    fails("invalid", "scope: tables nested deeper than 64", function() ae.scope(nest, 64) end)
  end)

  it("keeps what a graph still needs", function()
    local x = ae.tensor({ 3 }):require_grad()
    local y = ae.scope(function()
      local middle = x * x
      return middle * x
    end)
    y:backward()
    assert.equal(27, x.grad:item())
  end)

  it("keeps what an ae.Function saved for its backward", function()
    local f = ae.Function {
      forward = function(ctx, a)
        ctx.saved = { a }
        return a * a
      end,
      backward = function(ctx, g) return g * ctx.saved[1] * 2 end,
    }
    local x = ae.tensor({ 3 }):require_grad()
    local y = ae.scope(function() return f(x * 1) end)
    y:backward()
    assert.equal(6, x.grad:item())
  end)

  it("survives tensors freed by hand or collected inside", function()
    ae.scope(function()
      local t = ae.tensor { 1 }
      t:free()
      for _ = 1, 100 do local _ = ae.tensor { 1 } end
      collectgarbage()
    end)
  end)

  it("wants a function", function()
    assert.is_false(pcall(ae.scope))
    assert.is_false(pcall(ae.scope, 3))
    assert.same({ 1 }, ae.tensor({ 1 }):totable())
  end)
end)
