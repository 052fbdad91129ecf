local ae = require "aelua"
local Layer = require "aelua.nn.layer"
local support = require "spec.support.nn"

describe("a layer", function()
  it("has the shape of its input and nothing inside", function()
    local Plain = Layer:extend("Plain")
    local layer = Plain()
    local shape = layer:build { 2, 3 }
    assert.same({ 2, 3 }, shape)
    assert.same({ 2, 3 }, layer.input_shape)
    assert.not_equal(shape, layer.input_shape)
    assert.same({}, layer:children())
    assert.same({}, layer:penalties())
    local into = { l2 = 1 }
    assert.equal(into, layer:penalties(into))
    support.raises("Plain has no method forward", layer.forward, layer, ae.ones { 1 })
  end)
end)
