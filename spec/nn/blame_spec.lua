local ae = require "aelua"
local support = require "spec.support.nn"
local nn = ae.nn

local raises = support.raises

describe("an error inside a tree", function()
  it("names the layer by its place", function()
    local inner = nn.Sequential { nn.Tanh(), nn.Dense(3) }
    local outer = nn.Sequential { nn.ReLU(), inner }
    outer:build { 4 }
    local failure = raises("Sequential%[2%]%[2%] Dense: dense: x wants a last dimension of 4", outer.forward, outer,
      ae.ones { 2, 5 })
    assert.equal("shape", failure.code)
  end)

  it("of a class of one's own keeps its message", function()
    local Broken = nn.Module:extend("Broken")
    function Broken:forward() return nil + 1 end
    local failure = raises("Sequential%[1%] Broken: .*attempt to perform arithmetic", function()
      nn.Sequential { Broken() }:forward(ae.ones { 1, 1 })
    end)
    assert.equal("callback", failure.code)
  end)

  it("that is no message passes as it is", function()
    local Broken = nn.Module:extend("Broken")
    local value = {}
    function Broken:forward() error(value) end
    local ok, failure = pcall(function() nn.Sequential { Broken() }:forward(ae.ones { 1, 1 }) end)
    assert.is_false(ok)
    assert.equal(value, failure)
  end)
end)
