local ae = require "aelua"
local fails = require "spec.support.fails"
local values = require "spec.support.values"

local LinearProbe = ae.latent.LinearProbe

describe("latent.LinearProbe", function()
  it("reads classes that a plane divides, whatever the codes' scale", function()
    ae.seed(1)
    local codes = ae.randn { 200, 3 }
    local labels = (codes:narrow(2, 2, 1):gt(0.3)):to("i32"):flatten() + 1
    local probe = LinearProbe(codes * 1e3 + 50, labels)
    assert.is_true(probe:accuracy(codes * 1e3 + 50, labels) > 0.97)
  end)

  it("reads nothing where there is nothing to read", function()
    ae.seed(2)
    local labels = ae.randint({ 400 }, 1, 4)
    local probe = LinearProbe(ae.randn { 400, 2 }, labels)
    assert.is_true(probe:accuracy(ae.randn { 400, 2 }, labels) < 0.4)
  end)

  it("leaves no gradient on the codes", function()
    local codes = ae.randn { 8, 2 }
    codes:require_grad()
    LinearProbe(codes, values.i32 { 1, 2, 1, 2, 1, 2, 1, 2 }, { steps = 2 })
    assert.is_nil(codes.grad)
  end)

  it("says what it wants", function()
    fails("shape", "2 codes, 3 labels", function() LinearProbe(ae.zeros { 2, 2 }, values.i32 { 1, 2, 1 }) end)
    local labels = values.i32 { 1, 2 }
    fails("invalid", "latent.LinearProbe: codes that are not finite", function() LinearProbe(ae.ones { 2, 2 } / 0, labels) end)
    local probe = LinearProbe(ae.eye(2), labels, { steps = 1 })
    fails("type", "LinearProbe:accuracy: wants codes as a tensor [N, D], got nil", function() probe:accuracy(nil, labels) end)
    fails("invalid", "steps wants at least 1", function()
      LinearProbe(ae.zeros { 2, 2 }, values.i32 { 1, 2 }, { steps = 0 })
    end)
  end)
end)
