local ae = require "aelua"
local support = require "spec.support.nn"
local nn = ae.nn

describe("Dropout", function()
  before_each(function() ae.seed(2) end)

  it("drops the share that it is told and scales the rest", function()
    local y = nn.Dropout(0.25):forward(ae.ones { 100, 100 })
    local zeros = y:eq(0):sum():item() / 10000
    assert.is_true(math.abs(zeros - 0.25) < 0.02)
    assert.near(1 / 0.75, y:max():item(), 1e-6)
    assert.near(1, y:mean():item(), 0.03)
  end)

  it("does nothing in evaluation mode, or at a rate of 0", function()
    local x = ae.ones { 3, 3 }
    local dropout = nn.Dropout(0.5)
    dropout:eval()
    assert.equal(x, dropout:forward(x))
    assert.equal(x, nn.Dropout(0):forward(x))
  end)

  it("lets the gradient through where it let the value through", function()
    local x = ae.ones({ 50 }):require_grad()
    local y = nn.Dropout(0.5):forward(x)
    y:sum():backward()
    assert.same(y:totable(), x.grad:totable())
  end)

  it("wants a rate from 0 to below 1", function()
    support.raises("Dropout wants a rate from 0 to below 1, got 1", nn.Dropout, 1)
    support.raises("got %-0.1", nn.Dropout, -0.1)
    support.raises("got nil", nn.Dropout)
    support.raises("Dropout takes a rate, got a further table", nn.Dropout, 0.5, { seed = 1 })
  end)
end)
