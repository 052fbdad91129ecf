local ae = require "aelua"
local fails = require "spec.support.fails"

local function i32(list) return ae.tensor(list, { dtype = "i32" }) end
local function u8(list) return ae.tensor(list, { dtype = "u8" }) end

-- 2 x 3 x 4: 0 .. 23
local function counting() return ae.arange(0, 24):to("f32"):reshape(2, 3, 4) end

describe("t[i]", function()
  local t = counting()

  it("is one of the first dimension, which goes", function()
    assert.same({ 3, 4 }, t[2].shape)
    assert.equal(12, t[2][1][1]:item())
    assert.equal(23, t[-1][-1][-1]:item())
    assert.same({}, t[1][1][1].shape)
  end)

  it("shares the storage", function()
    local x = ae.zeros(2, 2)
    x[1][2] = 5
    assert.same({ { 0, 5 }, { 0, 0 } }, x:totable())
  end)

  it("raises past the end and on what is no index", function()
    fails("invalid", "dimension 1 has the indices 1 to 2 (or -1 to -2), got 3", function() return t[3] end)
    fails("invalid", "got 0", function() return t[0] end)
    fails("invalid", "got -3", function() return t[-3] end)
    fails("invalid", "wants an integer", function() return t[1.5] end)
    fails("type", "got true", function() return t[true] end)
    fails("shape", "1 indices into a tensor []", function() return ae.tensor(1)[1] end)
  end)

  it("lets gradients flow", function()
    ae.gradcheck(function(x) return x[2] end, ae.randn(3, 4))
    ae.gradcheck(function(x) return x[-1] * 2 end, ae.randn(3))
  end)
end)

describe("t[{...}]", function()
  local t = counting()

  it("takes an index, a range or all of each dimension", function()
    assert.equal(17, t[{ 2, 2, 2 }]:item())
    assert.same({ 4, 5, 6, 7 }, t[{ 1, 2 }]:totable())
    assert.same({ { 13, 14 }, { 17, 18 } }, t[{ 2, { 1, 2 }, { 2, 3 } }]:totable())
    assert.same({ { 1, 5, 9 }, { 13, 17, 21 } }, t[{ {}, {}, 2 }]:totable())
    assert.same({ 1, 3, 4 }, t[{ { 2, 2 } }].shape)
    assert.same({ 3, 4 }, t[{ { -1, -1 }, {} }][1].shape)
    assert.same(t:totable(), t[{}]:totable())
  end)

  it("takes empty ranges", function()
    assert.same({ 0, 3, 4 }, t[{ { 1, 0 } }].shape)
    assert.same({ 0, 3, 4 }, t[{ { 3, 2 } }].shape)
    assert.same({ 2, 0, 4 }, t[{ {}, { 4, 3 } }].shape)
  end)

  it("shares what lies in one piece and copies the rest", function()
    local x = ae.zeros(3, 4)
    local rows, columns = x[{ { 2, 3 } }], x[{ {}, { 2, 3 } }]
    x:fill_(1)
    assert.equal(1, rows[1][1]:item())
    assert.equal(0, columns[1][1]:item())
    local part = x[{ 2, { 1, 2 } }]
    part:fill_(7)
    assert.same({ 7, 7, 1, 1 }, x[2]:totable())
  end)

  it("raises on what does not fit", function()
    fails("invalid", "dimension 2 has the indices 1 to 3", function() return t[{ 1, 4 }] end)
    fails("invalid", "dimension 3 has the indices 1 to 4", function() return t[{ 1, 1, { 1, 5 } }] end)
    fails("invalid", "runs backwards", function() return t[{ {}, { 3, 1 } }] end)
    fails("invalid", "wants {first, last}, got 1", function() return t[{ { 1 } }] end)
    fails("shape", "4 indices into a tensor [2, 3, 4]", function() return t[{ 1, 1, 1, 1 }] end)
    fails("invalid", "wants an integer, a range {first, last} or {}, got 'x'", function() return t[{ "x" }] end)
  end)

  it("lets gradients flow", function()
    for _, key in ipairs { { 2, 1 }, { {}, { 2, 3 } }, { { 1, 2 }, {}, 4 }, { { 2, 1 } }, {} } do
      ae.gradcheck(function(x) return x[key] end, ae.randn(2, 3, 4))
    end
  end)
end)

describe("t[tensor]", function()
  local t = ae.tensor { { 1, 2 }, { 3, 4 }, { 5, 6 } }

  it("is the rows that an i32 tensor names", function()
    assert.same({ { 5, 6 }, { 1, 2 }, { 5, 6 } }, t[i32 { 3, 1, -1 }]:totable())
    assert.same({ 0, 2 }, t[i32 {}].shape)
    assert.same({ 2, 1, 2 }, t[i32 { { 1 }, { 2 } }].shape)
  end)

  it("is the rows, or the elements, where a u8 mask is not 0", function()
    assert.same({ { 1, 2 }, { 5, 6 } }, t[u8 { 1, 0, 2 }]:totable())
    assert.same({ 3, 4, 5, 6 }, t[t:gt(2)]:totable())
    assert.same({ 0 }, t[t:gt(9)].shape)
  end)

  it("raises on what does not fit", function()
    fails("invalid", "4", function() return t[i32 { 4 }] end)
    fails("type", "i32", function() return t[ae.tensor { 1 }] end)
    fails("shape", "a mask wants the shape [3] or [3, 2], got [2]", function() return t[u8 { 1, 0 }] end)
  end)

  it("lets gradients flow", function()
    ae.gradcheck(function(x) return x[i32 { 2, 1, 2 }] end, ae.randn(3, 2))
    ae.gradcheck(function(x) return x[u8 { 1, 0, 1 }] end, ae.randn(3, 2))
    ae.gradcheck(function(x) return x[u8 { { 1, 0 }, { 1, 1 }, { 0, 0 } }] end, ae.randn(3, 2))
  end)
end)
