local ae = require "aelua"
local support = require "spec.support.nn"
local nn = ae.nn

describe("Reshape", function()
  it("gives every sample another shape", function()
    local reshape = nn.Reshape(2, 3)
    assert.same({ 2, 3 }, reshape:build { 6 })
    local y = reshape:forward(ae.arange(1, 13):reshape { 2, 6 })
    assert.same({ { { 1, 2, 3 }, { 4, 5, 6 } }, { { 7, 8, 9 }, { 10, 11, 12 } } }, y:totable())
    assert.same({ 3, 2 }, nn.Reshape({ 3, 2 }):build { 2, 3 })
    assert.same({ 0, 2, 3 }, nn.Reshape(2, 3):forward(ae.ones { 0, 6 }).shape)
  end)

  it("says how many values there are and how many are wanted", function()
    support.raises("reshape: 128 values %[128%] do not fill %[16, 16%] %(256%)", function()
      nn.Reshape(16, 16):build { 128 }
    end)
    support.raises("reshape: 128 values", function() nn.Reshape(16, 16):forward(ae.ones { 2, 128 }) end)
    support.raises("Reshape: size 2 of a shape wants a positive integer, got %-1", nn.Reshape, 16, -1)
    support.raises("Reshape takes one shape, got a further table", nn.Reshape, { 8, 8, 1 }, {})
  end)

  it("refuses two samples that would make one", function()
    support.raises("reshape: 128 values", function() nn.Reshape(16, 16):forward(ae.ones { 4, 128 }) end)
  end)
end)
