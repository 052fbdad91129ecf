local ae = require "aelua"
local core = require "aelua.core"

describe("no_grad", function()
  local x = ae.tensor({ 1, 2 }):require_grad()

  it("hands arguments and results through", function()
    assert.same({ 1, nil, 3, n = 3 }, table.pack(ae.no_grad(function(...) return ... end, 1, nil, 3)))
    assert.equal(0, select("#", ae.no_grad(function() end)))
  end)

  it("records nothing inside, and again after", function()
    assert.is_false(ae.no_grad(function() return (x * 2).requires_grad end))
    assert.is_true((x * 2).requires_grad)
  end)

  it("nests, and ends where an error leaves it", function()
    ae.no_grad(function()
      assert.is_false(pcall(ae.no_grad, function() error "inside" end))
      assert.is_false((x * 2).requires_grad)
    end)
    assert.is_true((x * 2).requires_grad)
  end)

  it("ends where an error kills the coroutine that it runs in", function()
    local co = coroutine.create(function() ae.no_grad(function() error "inside" end) end)
    assert.is_false(coroutine.resume(co))
    assert.is_true((x * 2).requires_grad)
  end)

  it("is not yielded out of", function()
    local co = coroutine.create(function() ae.no_grad(coroutine.yield) end)
    local ok, message = coroutine.resume(co)
    assert.is_false(ok)
    assert.truthy(message:find("yield across a C%-call boundary"))
    assert.is_true((x * 2).requires_grad)
  end)

  it("lets error values through as they are, with where they came from", function()
    local value = {}
    local ok, err = pcall(ae.no_grad, function()
      local function culprit() error(value) end
      culprit()
    end)
    assert.is_false(ok)
    assert.equal(value, err)
    assert.truthy(core.traceback(value):find("culprit", 1, true))
    assert.is_nil(core.traceback("something else"))
  end)
end)

describe("interruptible", function()
  it("hands arguments, results and errors through", function()
    assert.same({ 1, 2 }, { core.interruptible(function(...) return ... end, 1, 2) })
    assert.is_false(pcall(core.interruptible, error, "inside"))
    assert.is_false(core.interrupted())
  end)
end)
