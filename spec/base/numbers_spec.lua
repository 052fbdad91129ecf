require "aelua"
local numbers = require "aelua.base.numbers"
local files = require "spec.support.files"

describe("whole numbers", function()
  it("of sides are one for all or one each", function()
    assert.same({ 3 }, numbers.of_sides("x", "size", 3, 1, 1))
    assert.same({ 3, 3 }, numbers.of_sides("x", "size", 3, 2, 1))
    local given = { 4, 5 }
    local copy = numbers.of_sides("x", "size", given, 2, 1)
    assert.same(given, copy)
    assert.not_equal(given, copy)
    assert.equal("integer", math.type(numbers.of_sides("x", "size", { 4, 6 / 2 }, 2, 1)[2]))
    assert.same({ 0, 0 }, numbers.of_sides("x", "shift", 0, 2, 0))
  end)

  it("are told from all else", function()
    local wanted = "x: size wants an integer or {height, width} of at least 1, got "
    for got, value in pairs { ["0"] = 0, ["1.5"] = 1.5, ["'3'"] = "3", ["true"] = true, ["[]"] = {}, ["[1, 2, 3]"] = { 1, 2, 3 },
      ["['3', 3]"] = { "3", 3 }, ["[true, 3]"] = { true, 3 }, ["[inf, 1]"] = { math.huge, 1 },
      ["[3, 3]"] = { 3, 3, same = 1 } } do
      files.refuses("invalid", wanted .. got, numbers.of_sides, "x", "size", value, 2, 1)
    end
    files.refuses("invalid", "x: size wants an integer of at least 1, got [1, 2]", numbers.of_sides, "x", "size", { 1, 2 }, 1, 1)
  end)
end)
