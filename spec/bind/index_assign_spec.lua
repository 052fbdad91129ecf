local ae = require "aelua"
local fails = require "spec.support.fails"

local function i32(list) return ae.tensor(list, { dtype = "i32" }) end
local function u8(list) return ae.tensor(list, { dtype = "u8" }) end

describe("t[key] = value", function()
  it("writes numbers", function()
    local t = ae.zeros(2, 3)
    t[1] = 5
    t[{ 2, 2 }] = 7
    t[{ {}, 3 }] = 9
    t[{ { 2, 2 }, { 1, 1 } }] = -1
    assert.same({ { 5, 5, 9 }, { -1, 7, 9 } }, t:totable())
  end)

  it("writes tensors, broadcast", function()
    local t = ae.zeros(2, 3)
    t[1] = ae.tensor { 1, 2, 3 }
    t[{ {}, { 2, 3 } }] = ae.tensor { 8, 9 }
    t[{ 2, 1 }] = ae.tensor(4)
    assert.same({ { 1, 8, 9 }, { 4, 8, 9 } }, t:totable())
    t[{}] = ae.tensor { { 1 }, { 2 } }
    assert.same({ { 1, 1, 1 }, { 2, 2, 2 } }, t:totable())
    t[{ { 1, 2 } }] = t[{ { 1, 2 } }]
    assert.same({ { 1, 1, 1 }, { 2, 2, 2 } }, t:totable())
  end)

  it("writes rows by number, in order", function()
    local t = ae.zeros(3, 2)
    t[i32 { 3, 1 }] = ae.tensor { { 1, 2 }, { 3, 4 } }
    assert.same({ { 3, 4 }, { 0, 0 }, { 1, 2 } }, t:totable())
    t[i32 { 2, -1 }] = 9
    assert.same({ { 3, 4 }, { 9, 9 }, { 9, 9 } }, t:totable())
    t[i32 { 1, 2 }] = ae.tensor { 5, 6 }
    assert.same({ { 5, 6 }, { 5, 6 }, { 9, 9 } }, t:totable())
    t[i32 { 1, 1 }] = ae.tensor { { 1, 1 }, { 2, 2 } }
    assert.same({ 2, 2 }, t[1]:totable())
  end)

  it("writes where a mask is not 0", function()
    local t = ae.tensor { { 1, -2 }, { -3, 4 } }
    t[t:lt(0)] = 0
    assert.same({ { 1, 0 }, { 0, 4 } }, t:totable())
    t[u8 { 0, 1 }] = 8
    assert.same({ { 1, 0 }, { 8, 8 } }, t:totable())
    t[t:gt(7)] = ae.tensor { 5, 6 }
    assert.same({ { 1, 0 }, { 5, 6 } }, t:totable())
  end)

  it("keeps the type", function()
    local t = u8 { 1, 2 }
    t[1] = 255
    t[2] = u8 { 7 }[1]
    assert.same({ 255, 7 }, t:totable())
    fails("invalid", "u8 wants an integer from 0 to 255, got 256", function() t[1] = 256 end)
    fails("type", "f", function() t[1] = ae.tensor(1) end)
  end)

  it("raises on what does not fit, and changes nothing", function()
    local t = ae.zeros(2, 3)
    fails("shape", "[2]", function() t[1] = ae.tensor { 1, 2 } end)
    fails("invalid", "1 to 2", function() t[3] = 1 end)
    fails("invalid", "rows is 3", function() t[i32 { 1, 3 }] = 1 end)
    fails("shape", "2 rows are named, the value has the shape [3, 3]", function() t[i32 { 1, 2 }] = ae.ones(3, 3) end)
    fails("shape", "rows want the shape [n], got [1, 1]", function() t[i32 { { 1 } }] = 1 end)
    fails("type", "the value wants a tensor, got 'x'", function() t[1] = "x" end)
    fails("invalid", "'name' cannot be set", function() t.name = 1 end)
    assert.same({ { 0, 0, 0 }, { 0, 0, 0 } }, t:totable())
  end)
end)

describe("tensors in a graph", function()
  it("are not assigned to outside no_grad", function()
    local p = ae.zeros(2):require_grad()
    fails("state", "requires gradients; change it inside ae.no_grad", function() p[1] = 1 end)
    fails("state", "was computed by recorded operations", function() (p * 2)[1] = 1 end)
    fails("state", "fill_: the tensor requires gradients", function() p:fill_(1) end)
    fails("state", "copy_: the tensor requires gradients", function() p:copy_(ae.ones(2)) end)
    ae.no_grad(function() p[1] = 1 end)
    assert.same({ 1, 0 }, p:totable())
  end)

  it("are not assigned, which would lose their gradient", function()
    local p, t = ae.ones(2):require_grad(), ae.zeros(2)
    fails("state", "assignment is not recorded", function() t[1] = p[1] end)
    fails("state", "copy_ is not recorded", function() t:copy_(p) end)
    t:copy_(p:detach())
    assert.same({ 1, 1 }, t:totable())
  end)

  it("that were changed after they were recorded are an error at backward", function()
    local x, p = ae.tensor { 2 }, ae.tensor({ 3 }):require_grad()
    local y = x * p
    x[1] = 5
    fails("state", "mul", function() y:backward() end)
    local z = x * p
    x:copy_(ae.tensor { 1 })
    fails("state", "mul", function() z:backward() end)
    local w = x * p
    x:fill_(1)
    fails("state", "mul", function() w:backward() end)
  end)
end)

describe("copy_", function()
  it("broadcasts, returns the tensor and keeps the type", function()
    local t = ae.zeros(2, 2)
    assert.equal(t, t:copy_(ae.tensor { 1, 2 }))
    assert.same({ { 1, 2 }, { 1, 2 } }, t:totable())
    assert.same({ { 3, 3 }, { 3, 3 } }, t:copy_(3):totable())
    fails("type", "copy_", function() t:copy_(u8 { 1, 2 }) end)
    fails("shape", "copy_", function() t:copy_(ae.zeros(3)) end)
  end)
end)
