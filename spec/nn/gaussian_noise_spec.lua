local ae = require "aelua"
local support = require "spec.support.nn"
local nn = ae.nn

describe("GaussianNoise", function()
  before_each(function() ae.seed(4) end)

  it("adds noise of the standard deviation that it is told", function()
    local difference = nn.GaussianNoise(0.5):forward(ae.ones { 200, 100 }) - 1
    assert.near(0, difference:mean():item(), 0.02)
    assert.near(0.5, difference:std():item(), 0.02)
  end)

  it("does nothing in evaluation mode, or at 0", function()
    local x = ae.ones { 3, 3 }
    local noise = nn.GaussianNoise(0.5)
    noise:eval()
    assert.equal(x, noise:forward(x))
    assert.equal(x, nn.GaussianNoise(0):forward(x))
  end)

  it("passes the gradient", function()
    local x = ae.ones({ 4 }):require_grad()
    nn.GaussianNoise(1):forward(x):sum():backward()
    assert.same({ 1, 1, 1, 1 }, x.grad:totable())
  end)

  it("wants a standard deviation", function()
    support.raises("wants a standard deviation of at least 0, got %-1", nn.GaussianNoise, -1)
    support.raises("got inf", nn.GaussianNoise, math.huge)
    support.raises("got a further number", nn.GaussianNoise, 1, 2)
  end)
end)
