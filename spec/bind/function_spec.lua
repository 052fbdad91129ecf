local ae = require "aelua"
local fails = require "spec.support.fails"

local function square(backward)
  return ae.Function {
    forward = function(ctx, x)
      ctx.x = x
      return x * x
    end,
    backward = backward or function(ctx, gy) return gy * ctx.x * 2 end,
  }
end

local function leaf(...) return ae.tensor({ ... }):require_grad() end

describe("ae.Function", function()
  it("is called like an operation, and its backward gives the gradient", function()
    local x = leaf(1, 2, 3)
    local y = square()(x)
    assert.same({ 1, 4, 9 }, y:totable())
    assert.is_true(y.requires_grad)
    y:sum():backward()
    assert.same({ 2, 4, 6 }, x.grad:totable())
    assert.is_true(ae.gradcheck(square(), ae.randn(3, 4)))
  end)

  it("records nothing inside, nor where nobody asks for gradients", function()
    local x = leaf(2)
    local inside
    local f = ae.Function {
      forward = function(_, a)
        inside = (a * 2).requires_grad
        return a * 2
      end,
      backward = function(_, g)
        inside = inside or (x * g).requires_grad
        return g * 2
      end,
    }
    f(x):backward()
    assert.is_false(inside)
    assert.is_false(ae.no_grad(f, x).requires_grad)
    assert.is_false(f(ae.tensor { 1 }).requires_grad)
  end)

  it("takes several inputs, some of them no tensors, and gives several outputs", function()
    local f = ae.Function {
      forward = function(ctx, a, factor, b)
        ctx.a, ctx.b, ctx.factor = a, b, factor
        return a * b * factor, a + b
      end,
      backward = function(ctx, g1, g2)
        local ga, gb = ae.zeros_like(ctx.a), ae.zeros_like(ctx.b)
        if g1 then ga, gb = ga + g1 * ctx.b * ctx.factor, gb + g1 * ctx.a * ctx.factor end
        if g2 then ga, gb = ga + g2, gb + g2 end
        return ga, nil, gb
      end,
    }
    ae.gradcheck(function(a, b) return f(a, 3, b) end, ae.randn(2, 3), ae.randn(2, 3))
    local a, b = leaf(2), leaf(5)
    local _, sum = f(a, 3, b)
    sum:backward()
    assert.equal(1, a.grad:item())
    assert.equal(1, b.grad:item())
  end)

  it("says which gradients are asked for, and takes nil for none", function()
    local wants
    local f = ae.Function {
      forward = function(_, a, b) return a + b end,
      backward = function(ctx, g)
        wants = ctx.wants
        return g, nil
      end,
    }
    local a = leaf(1)
    f(a, ae.tensor { 2 }):backward()
    assert.same({ true, false }, wants)
    local c = leaf(1)
    f(ae.tensor { 2 }, c):backward()
    assert.same({ false, true }, wants)
    assert.is_nil(c.grad)
  end)

  it("may hand its input on", function()
    local identity = ae.Function {
      forward = function(_, x) return x end,
      backward = function(_, g) return g * 10 end,
    }
    local x = leaf(3)
    local y = identity(x)
    ;(y * 2):backward()
    assert.equal(20, x.grad:item())
  end)

  it("runs backward again where the graph is retained", function()
    local x = leaf(3)
    local y = square()(x)
    y:backward { retain_graph = true }
    y:backward()
    assert.equal(12, x.grad:item())
    fails("state", "consumed", function() y:backward() end)
  end)

  it("lets errors in forward and backward through as they are", function()
    local value = {}
    local bad_forward = ae.Function { forward = function() error(value) end, backward = function() end }
    local ok, err = pcall(bad_forward, leaf(1))
    assert.is_false(ok)
    assert.equal(value, err)
    ok, err = pcall(function() square(function() error(value) end)(leaf(1)):backward() end)
    assert.is_false(ok)
    assert.equal(value, err)
    ok, err = pcall(function() square(function() error() end)(leaf(1)):backward() end)
    assert.is_false(ok)
    assert.is_nil(err)
    ok, err = pcall(function() square(function() error "text" end)(leaf(1)):backward() end)
    assert.is_false(ok)
    assert.truthy(err:find("text$"))
  end)

  it("records again after an error in backward", function()
    local x = leaf(3)
    pcall(function() square(function() error "text" end)(x):backward() end)
    square()(x):backward()
    assert.equal(6, x.grad:item())
  end)

  it("runs in the coroutine that asks for gradients", function()
    local x = leaf(3)
    local y = coroutine.wrap(function() return square()(x) end)()
    collectgarbage()
    coroutine.wrap(function() y:backward() end)()
    assert.equal(6, x.grad:item())
  end)

  it("checks what backward returns", function()
    local function backward(...)
      local results = table.pack(...)
      return function()
        square(function() return table.unpack(results, 1, results.n) end)(leaf(1, 2)):sum():backward()
      end
    end
    fails("invalid", "wants to give 1 gradient, one an input, gave 0", backward())
    fails("invalid", "wants to give 1 gradient, one an input, gave 2", backward(nil, nil))
    fails("shape", "result 1 wants the shape of input 1, [2], got a tensor " .. ae.real .. " [3]", backward(ae.ones(3)))
    fails("type", "wants a tensor " .. ae.real .. " or nil, got 3", backward(3))
    fails("type", "got a tensor u8", backward(ae.zeros({ 2 }, { dtype = "u8" })))
    local gone = ae.ones(2)
    gone:free()
    fails("type", "got a freed tensor", backward(gone))
  end)

  it("checks what forward returns, and what it is made of", function()
    fails("type", "forward's result 1 wants a tensor, got 3", function()
      ae.Function { forward = function() return 3 end, backward = function() end }(leaf(1))
    end)
    fails("unsupported", "forward gives 1 to 4 tensors, gave 0", function()
      ae.Function { forward = function() end, backward = function() end }(leaf(1))
    end)
    fails("unsupported", "takes 1 to 32 inputs, got 0", function()
      ae.Function { forward = function() return leaf(1) end, backward = function() end }()
    end)
    fails("invalid", "wants the option 'backward'", function() ae.Function { forward = print } end)
    fails("invalid", "did you mean 'forward'", function() ae.Function { foward = print, backward = print } end)
  end)

  it("keeps no call alive", function()
    local weak = setmetatable({}, { __mode = "k" })
    local f = ae.Function {
      forward = function(ctx, x)
        weak[ctx] = true
        ctx.x = x
        return x * 2
      end,
      backward = function(_, g) return g * 2 end,
    }
    local x = leaf(1)
    for i = 1, 10 do
      local y = f(x)
      if i % 2 == 0 then y:backward() end
    end
    collectgarbage()
    f(x)
    collectgarbage()
    local alive = 0
    for _ in pairs(weak) do alive = alive + 1 end
    assert.is_true(alive <= 1)
  end)
end)
