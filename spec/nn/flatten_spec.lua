local ae = require "aelua"
local nn = ae.nn

describe("Flatten", function()
  it("makes a row of every sample", function()
    local x = ae.arange(1, 25):reshape { 2, 3, 4 }
    local y = nn.Flatten():forward(x)
    assert.same({ 2, 12 }, y.shape)
    assert.same(x[2]:reshape({ 12 }):totable(), y[2]:totable())
  end)

  it("keeps rows, and takes no samples at all", function()
    assert.same({ 3, 4 }, nn.Flatten():forward(ae.ones { 3, 4 }).shape)
    assert.same({ 0, 12 }, nn.Flatten():forward(ae.ones { 0, 3, 4 }).shape)
    assert.same({ 12 }, nn.Flatten():build { 3, 4 })
  end)

  it("refuses samples of another size than the first, even where the numbers would add up", function()
    local flatten = nn.Flatten()
    flatten:build { 28, 28 }
    local ok, failure = pcall(flatten.forward, flatten, ae.ones { 16, 7, 7 })
    assert.is_false(ok)
    assert.equal("shape", failure.code)
  end)

  it("has the gradient in the input's shape", function()
    local flatten = nn.Flatten()
    assert.is_true(ae.gradcheck(function(x) return flatten:forward(x):square() end, ae.randn { 2, 3, 2 }))
  end)

  it("takes no options", function() assert.has_error(function() nn.Flatten { 3 } end) end)
end)
