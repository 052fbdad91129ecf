local ae = require "aelua"
local fails = require "spec.support.fails"

describe("tensors like another", function()
  local x = ae.tensor({ { 1, 2, 3 } }, { dtype = "u8" })

  it("have its shape and type", function()
    assert.same({ { 0, 0, 0 } }, ae.zeros_like(x):totable())
    assert.equal("u8", ae.ones_like(x).dtype)
    assert.same({ { 7, 7, 7 } }, ae.full_like(x, 7):totable())
    assert.equal("i32", ae.zeros_like(x, { dtype = "i32" }).dtype)
    assert.equal(ae.real, ae.zeros_like(ae.ones(2)).dtype)
  end)

  it("are random in its shape", function()
    ae.seed(1)
    local a = ae.randn_like(x, { std = 0.1 })
    ae.seed(1)
    assert.same(ae.randn({ 1, 3 }, { std = 0.1 }):totable(), a:totable())
    assert.same({ 1, 3 }, ae.rand_like(x).shape)
    assert.same({ 1, 3 }, ae.bernoulli_like(x, 0.5).shape)
    assert.equal(ae.real, ae.rand_like(x).dtype)
  end)

  it("are made of a tensor", function()
    fails("type", "randn_like: wants a tensor, got a table", function() ae.randn_like({ 2, 3 }) end)
    fails("invalid", "randn: has no option 'sdt'; did you mean 'std'?", function() ae.randn_like(x, { sdt = 1 }) end)
  end)
end)

describe("to", function()
  it("keeps values", function()
    assert.same({ 1, 255 }, ae.tensor({ 1, 255 }, { dtype = "u8" }):to("f32"):totable())
    assert.same({ 1, -2 }, ae.tensor({ 1.9, -2.9 }):to("i32"):totable())
    fails("invalid", "300", function() ae.tensor({ 300 }):to("u8") end)
    fails("invalid", "'f16'", function() ae.tensor({ 300 }):to("f16") end)
  end)

  it("is the tensor itself where it has the type", function()
    local x = ae.ones(2)
    assert.equal(x, x:to("f32"))
    assert.equal(x, x:to(ae.real))
  end)
end)

describe("clone", function()
  it("has storage of its own, and lets gradients through", function()
    local x = ae.ones(2)
    local y = x:clone()
    y[1] = 5
    assert.same({ 1, 1 }, x:totable())
    assert.is_true(ae.gradcheck(function(t) return t:clone() end, ae.randn(3)))
    assert.equal("u8", ae.zeros({ 2 }, { dtype = "u8" }):clone().dtype)
  end)
end)

describe("split and chunk", function()
  local function shapes(parts)
    local list = {}
    for i, part in ipairs(parts) do list[i] = part.shape end
    return list
  end

  it("cut along a dimension", function()
    local x = ae.arange(0, 10):reshape(5, 2)
    assert.same({ { 2, 2 }, { 2, 2 }, { 1, 2 } }, shapes(x:split(2)))
    assert.same({ { 4, 5 } }, { x:split({ 2, 3 })[2][1]:totable() })
    assert.same({ { 5, 1 }, { 5, 1 } }, shapes(x:split(1, -1)))
    assert.same({ { 3, 2 }, { 2, 2 } }, shapes(x:chunk(2)))
    assert.same({ { 1, 2 }, { 1, 2 }, { 1, 2 }, { 1, 2 }, { 1, 2 } }, shapes(ae.chunk(x, 9)))
    assert.is_true(ae.gradcheck(function(t)
      local parts = t:split({ 1, 0, 2 })
      return parts[1] * 2, parts[3]
    end, ae.randn(3, 2)))
  end)

  it("refuse sizes that do not add up", function()
    local x = ae.zeros(5, 2)
    fails("shape", "split: sizes add up to 4, the dimension has 5", function() x:split { 2, 2 } end)
    fails("shape", "split: sizes add up to more than 5", function() x:split { 4, 2 } end)
    fails("invalid", "split: sizes wants a positive integer or a table of sizes, got 0", function() x:split(0) end)
    fails("invalid", "split: sizes[1] wants a size, got x", function() x:split { "x" } end)
    fails("invalid", "split: dimension 3 of a tensor with 2", function() x:split(1, 3) end)
    fails("invalid", "chunk: wants a positive number of parts, got 0", function() x:chunk(0) end)
  end)
end)
