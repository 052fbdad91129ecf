local ae = require "aelua"
local parameter = require "aelua.nn.parameter"
local support = require "spec.support.nn"

local ones = ae.nn.init.ones()

describe("a new parameter", function()
  it("is a leaf that requires a gradient, and outlives the scope that made it", function()
    local made
    ae.scope(function() made = parameter.new("x", ones, { 2, 3 }, 2, 3) end)
    assert.is_true(made.requires_grad and made.is_leaf)
    assert.same({ { 1, 1, 1 }, { 1, 1, 1 } }, made:totable())
  end)

  it("is made without a gradient of how it was made", function()
    local source = ae.ones({ 2 }):require_grad()
    local made = parameter.new("x", function() return source * 2 end, { 2 }, 1, 2)
    assert.is_true(made.is_leaf)
  end)

  it("is checked", function()
    support.raises("x: the initialiser wants to give a tensor, got number", parameter.new, "x", function() return 1 end,
      { 2 }, 1, 2)
    support.raises("wants to give the shape %[2%], got %[3%]", parameter.new, "x", function() return ae.ones { 3 } end,
      { 2 }, 1, 2)
  end)

  it("for a file is zeros, draws nothing and stays within what it may hold", function()
    ae.seed(1)
    local wanted = ae.rand({ 2 }):totable()
    ae.seed(1)
    parameter.blank(10, function()
      assert.same({ 0, 0, 0, 0 }, parameter.new("x", ae.nn.init.normal(), { 4 }, 1, 4):totable())
      support.raises("x: weights %[7%] are more than the file holds", parameter.new, "x", ones, { 7 }, 1, 7)
      support.raises("are more than the file holds", parameter.new, "x", ones, { 1 << 62, 1 << 62 }, 1, 1)
    end)
    assert.same(wanted, ae.rand({ 2 }):totable())
    assert.is_false(pcall(parameter.blank, 10, error, "x"))
    assert.same({ 1, 1 }, parameter.new("x", ones, { 2 }, 1, 2):totable())
  end)
end)
