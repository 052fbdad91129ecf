local ae = require "aelua"
local support = require "spec.support.nn"
local nn = ae.nn

local raises = support.raises

describe("watching", function()
  it("tells of every output and leaves no trace", function()
    local module = nn.Sequential { nn.Dense(3, "relu"), nn.Dense(2) }
    local seen = {}
    module:watch(function(place, one, output) seen[#seen + 1] = { place, one.class_name, output.shape } end,
      function() return module:forward(ae.ones { 1, 4 }) end)
    assert.same({ { "[1]", "Dense", { 1, 3 } }, { "[2]", "Dense", { 1, 2 } }, { "", "Sequential", { 1, 2 } } }, seen)
    assert.is_nil(rawget(module, "forward"))
    raises("stop", module.watch, module, function() error("stop") end,
      function() return module:forward(ae.ones { 1, 4 }) end)
    assert.is_nil(rawget(module[1], "forward"))
  end)
end)
