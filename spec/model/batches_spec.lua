local ae = require "aelua"
local batches = require "aelua.model.batches"
local support = require "spec.support.nn"

local function map(data, size, shape, fn)
  return batches.map("x:ask", ae.data.dataset, data, size, shape, function(model, ...)
    assert.equal("model", model)
    return fn(...)
  end, "model")
end

describe("a function of batches", function()
  before_each(function() ae.seed(3) end)

  it("sees every sample once, in order", function()
    local x = ae.arange(1, 15):reshape { 7, 2 }
    local sizes = {}
    local function double(batch)
      sizes[#sizes + 1] = #batch
      return batch * 2
    end
    assert.same((x * 2):totable(), map(x, 3, { 2 }, double):totable())
    assert.same({ 3, 3, 1 }, sizes)
    assert.same((x * 2):totable(), map(ae.data.dataset(x), 4, { 2 }, double):totable())
    assert.same({ 3, 3, 1, 4, 3 }, sizes)
  end)

  it("may give named results, and results of another shape or type", function()
    local x = ae.rand { 5, 2 }
    local result = map(x, 2, { 2 }, function(batch) return { sum = batch:sum(2), large = batch:gt(0.5) } end)
    assert.same({ 5 }, result.sum.shape)
    assert.same(x:gt(0.5):totable(), result.large:totable())
    assert.equal("u8", result.large.dtype)
  end)

  it("leaves what it made to no scope of its own", function()
    local function more() return map(ae.rand { 5, 2 }, 2, { 2 }, function(batch) return batch + 1 end) end
    assert.same({ 5, 2 }, more().shape)
    assert.same({ 5, 2 }, ae.scope(more).shape)
    local result
    ae.scope(function() result = more() end)
    support.raises("released", function() return result:totable() end)
  end)

  it("is refused data of another shape", function()
    local function same(batch) return batch end
    support.raises("x:ask wants %[N, 3%], got %[5, 2%]", map, ae.rand { 5, 2 }, 2, { 3 }, same)
    support.raises("x:ask wants %[N, 3%], got %[3%]", map, ae.rand { 3 }, 2, { 3 }, same)
    support.raises("x:ask wants %[N, 3%], got %[1, 1, 3%]", map, ae.rand { 1, 1, 3 }, 2, { 3 }, same)
    support.raises("x:ask wants %[N, 2, 3%], got %[5, 3, 2%]", map, ae.rand { 5, 3, 2 }, 2, { 2, 3 }, same)
    support.raises("x:ask wants %[N%], got %[5, 2%]", map, ae.rand { 5, 2 }, 2, {}, same)
    support.raises("x:ask wants a %[N, 2%], got %[1, 3%]", map, { a = ae.ones { 1, 3 } }, 2, { a = { 2 } }, same)
    support.raises("x:ask: the data set is empty", map, ae.data.dataset(ae.zeros { 0, 2 }), 2, { 2 }, same)
    support.raises("x:ask: the model has no input 'b'", map, { a = ae.ones { 1, 2 }, b = ae.ones { 1 } }, 2,
      { a = { 2 } }, same)
    support.raises("x:ask wants named tensors, got one", map, ae.ones { 1, 2 }, 2, { a = { 2 } }, same)
    support.raises("x:ask wants named tensors, got one", map, ae.ones { 1 }, 2, { a = { 2 } }, same)
    local gone = ae.ones { 1, 3 }
    gone:free()
    support.raises("the tensor has been freed", map, gone, 2, { 3 }, same)
  end)
end)
