require "aelua"
local names = require "aelua.base.names"

describe("the nearest name", function()
  it("is a few letters away, or none", function()
    assert.equal("epochs", names.nearest("epoch", { epochs = true, lr = true }))
    assert.equal("Dense", names.nearest("dense", { "Dense", "Dropout" }))
    assert.equal("ELU", names.nearest("elu", { "ELU" }))
    assert.equal("bce", names.nearest("bec", { "bce" }))
    assert.is_nil(names.nearest("volume", { "bce" }))
    assert.is_nil(names.nearest(3, { "bce" }))
  end)

  it("is not one that has neither the letters nor the case of a short name", function()
    assert.is_nil(names.nearest("VAE", { "var" }))
  end)

  it("is what other frameworks' names mean, where there is such a thing", function()
    assert.equal("lr", names.nearest("learning_rate", { lr = true, l2 = true }))
    assert.equal("optimizer", names.nearest("learning_rate", { "epochs", "optimizer" }))
    assert.equal("Dense", names.nearest("Linear", { "Dense", "LayerNorm" }))
    assert.equal("size", names.nearest("batch_size", { "size", "shuffle" }))
    assert.equal("he_uniform", names.nearest("he", { "he_uniform", "he_normal" }))
    assert.is_nil(names.nearest("learning_rate", { "epochs" }))
  end)
end)
