local ae = require "aelua"
local names = require "aelua.base.names"

describe("a hint", function()
  it("is the name that is near, else those that there are, unless they are many", function()
    assert.equal("; did you mean 'bce'?", names.hint("bec", { bce = 1, mse = 2 }))
    assert.equal("; there are bce, mse", names.hint("volume", { mse = 2, bce = 1 }))
    assert.equal("", names.meant("volume", { "bce" }))
    assert.equal("", names.hint("volume", {}))
    assert.equal("", names.hint(3, { "bce" }))
    local many = {}
    for i = 1, 40 do many[i] = ("a_name_%d"):format(i) end
    assert.equal("", names.hint("volume", many))
  end)

  it("lists losses, activations, initialisers, priors, flows, likelihoods and optimisers", function()
    local nn = ae.nn
    local function vae(o)
      o.input, o.encoder, o.decoder, o.latent = { 4 }, nn.Dense(3), nn.Dense(4), 2
      return ae.VAE(o)
    end
    local wrong = {
      ["loss 'xyzzyx'; there are bce, .*mse, .*ssim"] = function() nn.loss.get "xyzzyx" end,
      ["activation 'xyzzyx'; there are .*relu, .*tanh"] = function() nn.Dense(3, "xyzzyx") end,
      ["initialiser 'xyzzyx'; there are .*glorot_normal, .*zeros"] = function() nn.Dense(3, { weight_init = "xyzzyx" }) end,
      ["prior 'xyzzyx'; there are mixture, standard, vamp"] = function() vae { prior = "xyzzyx" } end,
      ["flow 'xyzzyx'; there are householder, iaf"] = function() vae { flow = "xyzzyx" } end,
      ["likelihood 'xyzzyx'; there are bernoulli, .*gaussian"] = function() vae { likelihood = "xyzzyx" } end,
      ["optimiser 'xyzzyx'; there are adagrad, adam, adamw, nadam, rmsprop, sgd"] = function() ae.optim.by_name "xyzzyx" end,
    }
    for pattern, fn in pairs(wrong) do
      local ok, failure = pcall(fn)
      assert.is_false(ok)
      assert.matches(pattern, failure.message)
    end
  end)
end)

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
