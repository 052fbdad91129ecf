local ae = require "aelua"
local support = require "spec.support.nn"
local loss = ae.nn.loss

local raises = support.raises

describe("losses", function()
  local p, t = ae.tensor { { 0.2, 0.9 }, { 0.5, 0.1 } }, ae.tensor { { 0, 1 }, { 1, 0 } }

  it("are called with the prediction first, then options", function()
    assert.near((0.04 + 0.01 + 0.25 + 0.01) / 4, loss.mse(p, t):item(), 1e-6)
    assert.near(0.31, loss.mse(p, t, { reduction = "sum" }):item(), 1e-6)
    assert.near(0.31 / 2, loss.mse(p, t, { reduction = "batchmean" }):item(), 1e-6)
    support.near({ 0.05, 0.26 }, loss.mse(p, t, { reduction = "per_sample" }))
    assert.same({ 2, 2 }, loss.mse(p, t, { reduction = "none" }).shape)
  end)

  it("take weights of samples and a mask", function()
    local weight = ae.tensor { 1, 3 }
    assert.near((0.05 + 3 * 0.26) / 8, loss.mse(p, t, { weight = weight }):item(), 1e-6)
    local mask = ae.tensor({ { 1, 0 }, { 1, 1 } }):to("u8")
    assert.near((0.04 + 0.26) / 3, loss.mse(p, t, { mask = mask }):item(), 1e-6)
  end)

  it("that are misspelt name the nearest", function()
    raises("nn.loss has no 'bcee'; did you mean 'bce'", function() return loss.bcee end)
    raises("mse: has no option 'reducton'; did you mean 'reduction'", loss.mse, p, t, { reducton = "sum" })
  end)
end)

describe("a loss for a model", function()
  local p, t = ae.tensor { { 0.2, 0.9 } }, ae.tensor { { 0, 1 } }

  it("is found by name, with options, as one of nn.loss, as itself", function()
    assert.near(loss.huber(p, t, { delta = 0.05 }):item(), loss.get({ "huber", delta = 0.05 })(p, t):item(), 1e-9)
    assert.near(loss.bce(p, t):item(), loss.get("bce")(p, t):item(), 1e-9)
    assert.equal("bce", loss.get(loss.bce).name)
    local one = loss.get("mae")
    assert.equal(one, loss.get(one))
  end)

  it("may be a function that gives one number", function()
    local own = loss.get(function(a, b) return (a - b):abs():max() end)
    assert.near(0.2, own(p, t):item(), 1e-6)
    assert.is_nil(own.name)
    raises("wants to give a scalar tensor, got %[1, 2%]", loss.get(function(a) return a end), p, t)
    raises("wants to give a scalar tensor, got number", loss.get(function() return 3 end), p, t)
  end)

  it("is data, where it is no function", function()
    assert.equal("mse", loss.describe(loss.get("mse")))
    assert.same({ name = "huber", delta = 0.5 }, loss.describe(loss.get { "huber", delta = 0.5 }))
    assert.near(loss.huber(p, t, { delta = 0.5 }):item(), loss.get({ name = "huber", delta = 0.5 })(p, t):item(), 1e-9)
    assert.is_nil(loss.describe(loss.get(function() end)))
  end)

  it("is refused where it is none", function()
    raises("fit: no loss 'bec'; did you mean 'bce'", loss.get, "bec", "fit")
    raises("no loss number", loss.get, 3)
    raises("loss huber has no option 'dleta'; did you mean 'delta'", loss.get, { "huber", dleta = 1 })
    raises("wants the reduction mean, sum or batchmean, got 'none'", loss.get, { "mse", reduction = "none" })
    raises("huber: delta", loss.get, { "huber", delta = "x" })
    raises("huber: delta", loss.get, { "huber", delta = -1 })
  end)
end)

describe("a loss and the activation before it", function()
  before_each(function() ae.seed(9) end)

  local function compare(name, activation, target)
    local logits = ae.randn { 6, 5 }
    local fused = loss.fused(loss.get(name), activation)
    local apart, together = logits:clone():require_grad(), logits:clone():require_grad()
    local one = loss.get(name)(fused.activation(apart), target)
    local other = fused.of_logits(together, target)
    assert.near(one:item(), other:item(), 1e-6)
    one:backward()
    other:backward()
    support.near(apart.grad:totable(), together.grad)
  end

  it("are one operation with the same value and gradient", function()
    compare("bce", "sigmoid", ae.rand { 6, 5 })
    compare("cross_entropy", "softmax", ae.rand({ 6, 5 }):softmax(-1))
    compare("cross_entropy", "softmax", ae.tensor({ 1, 2, 3, 4, 5, 1 }, { dtype = "i32" }))
    compare({ "bce", reduction = "sum" }, "sigmoid", ae.rand { 6, 5 })
  end)

  it("stay apart where they have nothing to do with each other", function()
    assert.is_nil(loss.fused(loss.get("bce"), "softmax"))
    assert.is_nil(loss.fused(loss.get("bce"), nil))
    assert.is_nil(loss.fused(loss.get("mse"), "sigmoid"))
    assert.is_nil(loss.fused(loss.get { "bce", epsilon = 1e-3 }, "sigmoid"))
    assert.is_nil(loss.fused(loss.get(function() end), "sigmoid"))
  end)

  it("are finite where the probability rounds to 0 or 1", function()
    local fused = loss.fused(loss.get("bce"), "sigmoid")
    local logits = ae.tensor({ { 200, -200 } }):require_grad()
    local value = fused.of_logits(logits, ae.tensor { { 0, 1 } })
    assert.near(200, value:item(), 1e-3)
    value:backward()
    support.near({ { 0.5, -0.5 } }, logits.grad)
  end)
end)
