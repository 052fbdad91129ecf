require "aelua"
local shapes = require "aelua.base.shapes"
local support = require "spec.support.nn"

describe("shapes of samples", function()
  it("are copied and checked", function()
    local given = { 28, 28, 1 }
    local copy = shapes.check("x", given)
    assert.same(given, copy)
    assert.not_equal(given, copy)
    assert.same({ 3 }, shapes.check("x", 3))
    assert.equal("integer", math.type(shapes.check("x", 6 / 2)[1]))
    assert.same({ a = { 2 }, b = { 3, 4 } }, shapes.check("x", { a = { 2 }, b = { 3, 4 } }))
    support.raises("x: size 2 of a shape wants a positive integer, got 1.5", shapes.check, "x", { 2, 1.5 })
    support.raises("x wants a shape of at least one dimension", shapes.check, "x", {})
    support.raises("x wants the shape of a sample, such as {28, 28, 1}, got nil", shapes.check, "x")
    support.raises("or named shapes", shapes.check, "x", { a = 3 })
  end)

  it("are compared, counted and written", function()
    assert.is_true(shapes.equal({ 2, 3 }, { 2, 3 }))
    assert.is_false(shapes.equal({ 2, 3 }, { 2, 3, 1 }))
    assert.is_false(shapes.equal({ a = { 2 } }, { a = { 2 }, b = { 1 } }))
    assert.is_false(shapes.equal({ a = { 2 }, b = { 1 } }, { a = { 2 } }))
    assert.equal(6, shapes.count { 2, 3 })
    assert.equal(1, shapes.count {})
    assert.equal(10, shapes.count { a = { 2, 3 }, b = { 4 } })
    assert.equal(0, shapes.count { 1 << 62, 0, 1 << 62 })
    assert.equal("[2, 3]", shapes.text { 2, 3 })
    assert.equal("[2, '3', true]", shapes.text { 2, "3", true })
    assert.equal("{a = [2], b = [3]}", shapes.text { b = { 3 }, a = { 2 } })
  end)

  it("are counted within 64 bits", function()
    assert.equal(math.maxinteger, shapes.count { math.maxinteger, 1 })
    local ok, failure = pcall(shapes.count, { 1 << 32, 1 << 31 }, "Dense")
    assert.is_false(ok)
    assert.equal("overflow", failure.code)
    assert.equal("Dense: the shape [4294967296, 2147483648] has more elements than 64 bits can count", failure.message)
  end)

  it("are taken from batches, and make them", function()
    local zeros = shapes.zeros { a = { 2 }, b = { 3, 1 } }
    assert.same({ 1, 3, 1 }, zeros.b.shape)
    assert.same({ a = { 2 }, b = { 3, 1 } }, shapes.of_sample(zeros))
    support.raises("wants a tensor %[N, ...%] or a table of named ones, got nothing", shapes.of_sample)
    support.raises("got number", shapes.of_sample, { a = 3 })
  end)
end)
