local ae = require "aelua"
local fails = require "spec.support.fails"
local values = require "spec.support.values"

local shapes = ae.data.shapes

-- Lit pixels, and the least and greatest line and column of them.
local function extent(picture)
  local rows = picture:totable()
  local area, dark, top, bottom, left, right = 0, 0, 99, 0, 99, 0
  for y, row in ipairs(rows) do
    for x, pixel in ipairs(row) do
      if pixel[1] == 1 then
        area = area + 1
        top, bottom, left, right = math.min(top, y), math.max(bottom, y), math.min(left, x), math.max(right, x)
      elseif pixel[1] == 0 then
        dark = dark + 1
      end
    end
  end
  assert.equal(64 * 64, area + dark)
  return area, top, bottom, left, right
end

local function draw(...) return extent(shapes.draw(values.i32 { { ... } })[1]) end

describe("data.shapes", function()
  it("is a data set of 64x64 pictures with the shape as the label", function()
    local set, factors = shapes { samples = 100, seed = 1 }
    assert.equal(100, #set)
    assert.same({ 64, 64, 1 }, set.shape)
    assert.same({ "square", "ellipse", "heart" }, set.classes)
    assert.same({ 100, 5 }, factors.shape)
    assert.same(factors:narrow(2, 1, 1):flatten():totable(), set:labels():totable())
    local batch = set:batches { size = 10 }()
    assert.same({ 10, 64, 64, 1 }, batch.input.shape)
    assert.same(shapes.draw(factors:narrow(1, 1, 10)):totable(), batch.input:totable())
  end)

  it("is equal for equal seeds, and leaves the stream of ae.seed alone", function()
    local _, first = shapes { samples = 50, seed = 9 }
    ae.seed(1)
    local before = ae.rand { 2 }:totable()
    ae.seed(1)
    local _, second = shapes { samples = 50, seed = 9 }
    assert.same(before, ae.rand { 2 }:totable())
    assert.same(first:totable(), second:totable())
    local _, other = shapes { samples = 50, seed = 10 }
    assert.not_same(first:totable(), other:totable())
  end)

  it("keeps every figure inside, at every corner, of every size and turn", function()
    for shape = 1, 3 do
      for _, corner in ipairs { { 1, 1 }, { 32, 1 }, { 1, 32 }, { 32, 32 } } do
        for rotation = 1, 40, 3 do
          local area, top, bottom, left, right = draw(shape, 6, rotation, corner[1], corner[2])
          assert.is_true(area > 50 and top > 1 and bottom < 64 and left > 1 and right < 64)
        end
      end
    end
  end)

  it("puts x to the right and y down", function()
    local _, top, _, left = draw(1, 1, 1, 5, 5)
    local _, top_after, _, left_after = draw(1, 1, 1, 25, 5)
    assert.is_true(left_after > left and top_after == top)
    _, top_after, _, left_after = draw(1, 1, 1, 5, 25)
    assert.is_true(left_after == left and top_after > top)
  end)

  it("grows with the scale, to four times the area", function()
    local before
    for scale = 1, 6 do
      local area = draw(1, scale, 1, 16, 16)
      assert.is_true(not before or area > before)
      before = area
    end
    assert.near(4, draw(2, 6, 1, 16, 16) / draw(2, 1, 1, 16, 16), 0.5)
  end)

  it("draws an ellipse twice as wide as high, and turns it", function()
    local _, top, bottom, left, right = draw(2, 6, 1, 16, 16)
    assert.near(2, (right - left + 1) / (bottom - top + 1), 0.2)
    _, top, bottom, left, right = draw(2, 6, 11, 16, 16) -- a quarter of a turn
    assert.near(0.5, (right - left + 1) / (bottom - top + 1), 0.1)
  end)

  it("holds one factor where asked to", function()
    for fixed, name in ipairs(shapes.factors) do
      for _, key in ipairs { fixed, name } do
        local rows = shapes.random(20, key):totable()
        for i = 2, 20 do assert.equal(rows[1][fixed], rows[i][fixed]) end
      end
    end
  end)

  it("says what it wants", function()
    fails("invalid", "there is no factor colour", function() shapes.random(2, "colour") end)
    fails("invalid", "the factor 'shape' is 1 to 3", function() draw(4, 1, 1, 1, 1) end)
    fails("shape", "wants factors i32 [N, 5]", function() shapes.draw(ae.zeros { 2, 5 }) end)
    fails("invalid", "data.shapes has no option 'sample'; did you mean 'samples'?", function() shapes { sample = 3 } end)
    fails("invalid", "data.shapes has no 'rando'; did you mean 'random'?", function() return shapes.rando end)
  end)
end)
