local ae = require "aelua"
local files = require "spec.support.files"

local image = ae.image

-- [h, w, 1]: 1, 2, 3, ... row by row
local function counted(h, w, dtype) return ae.arange(1, h * w + 1, { dtype = dtype }):reshape(h, w, 1) end

local function lists(patches)
  local result = {}
  for i, patch in ipairs(patches:reshape(#patches, -1):totable()) do result[i] = table.concat(patch, " ") end
  return result
end

describe("patches in a grid", function()
  it("come row by row", function()
    assert.same({ "1 2 6 7", "3 4 8 9" }, lists(image.patches(counted(3, 5, "i32"), { size = 2 })))
    assert.same({ "1 2", "2 3", "3 4", "4 5" }, lists(image.patches(counted(1, 5, "i32"), { size = { 1, 2 }, stride = 1 })))
    assert.same({ "1", "4", "11", "14" }, lists(image.patches(counted(3, 5, "i32"), { size = 1, stride = { 2, 3 } })))
    local colour = ae.rand(2, 4, 4, 3)
    local parts = image.patches(colour, { size = 2 })
    assert.same({ 8, 2, 2, 3 }, parts.shape)
    files.same(colour[{ 2, { 3, 4 }, { 1, 2 } }], parts[7])
  end)

  it("cover the picture where that is asked for", function()
    assert.same({ "1 2 6 7", "3 4 8 9", "4 5 9 10", "6 7 11 12", "8 9 13 14", "9 10 14 15" },
      lists(image.patches(counted(3, 5, "i32"), { size = 2, cover = true })))
    assert.equal(1, #image.patches(counted(4, 4), { size = 4, cover = true }))
  end)

  it("are of all pictures of a list", function()
    local parts = image.patches({ counted(2, 2, "i32"), counted(3, 2, "i32") + 10 }, { size = 2, stride = 1 })
    assert.same({ "1 2 3 4", "11 12 13 14", "13 14 15 16" }, lists(parts))
    assert.equal("u8", image.patches(ae.zeros({ 4, 4, 1 }, { dtype = "u8" }), { size = 2 }).dtype)
  end)

  it("become the picture again", function()
    local picture = ae.rand(13, 17, 3)
    for _, o in ipairs { { size = 5, cover = true }, { size = { 4, 7 }, stride = { 2, 3 }, cover = true },
      { size = 3, stride = 1 }, { size = { 13, 17 } } } do
      local parts = image.patches(picture, o)
      local whole = image.unpatch(parts, { shape = { 13, 17, 3 }, stride = o.stride, cover = o.cover })
      assert.same({ 13, 17, 3 }, whole.shape)
      assert.near(0, (whole - picture):abs():max():item(), 1e-6)
    end
    local several = (ae.rand(3, 6, 7, 2) * 255):floor():to("u8")
    local back = image.unpatch(image.patches(several, { size = 4, stride = 2, cover = true }),
      { shape = { 3, 6, 7, 2 }, stride = 2, cover = true })
    assert.equal("u8", back.dtype)
    files.same(several, back)
  end)

  it("are averaged where they overlap, and zero where there are none", function()
    local parts = ae.tensor { { { { 1 }, { 2 } } }, { { { 4 }, { 6 } } } } -- [2,1,2,1]
    files.same({ { { 1 }, { 3 }, { 6 } } }, image.unpatch(parts, { shape = { 1, 3 }, stride = 1 }))
    files.same({ { { 1 }, { 2 }, { 0 }, { 4 }, { 6 }, { 0 } } }, image.unpatch(parts, { shape = { 1, 6 }, stride = 3 }))
  end)

  it("refuse what does not fit", function()
    local picture = counted(3, 5)
    files.refuses("shape", "image.patches: patches of 4 x 2, but a picture is 3 x 5", image.patches, picture, { size = { 4, 2 } })
    files.refuses("invalid", "image.patches: size wants an integer or {height, width} of at least 1, got [1, 2, 3]",
      image.patches, picture, { size = { 1, 2, 3 } })
    files.refuses("invalid", "size wants an integer or {height, width} of at least 1, got ['2', 2]", image.patches, picture,
      { size = { "2", 2 } })
    files.refuses("invalid", "stride wants an integer", image.patches, picture, { size = 1, stride = 0 })
    files.refuses("invalid", "size", image.patches, picture, {})
    files.refuses("shape", "wants pictures [H, W, C] or [N, H, W, C], got [3, 5]", image.patches, picture:reshape(3, 5),
      { size = 1 })
    files.refuses("type", "got no picture", image.patches, {}, { size = 1 })
    files.refuses("type", "got nil", image.patches, nil, { size = 1 })
    files.refuses("shape", "pictures of 1 channels", image.patches, { picture, ae.zeros(2, 2, 3) }, { size = 1 })
    local parts = image.patches(picture, { size = 1 })
    files.refuses("shape", "15 patches, but [3, 4] has 12 of 1 x 1", image.unpatch, parts, { shape = { 3, 4 } })
    files.refuses("shape", "patches of 1 channels for [3, 5, 3]", image.unpatch, parts, { shape = { 3, 5, 3 } })
    files.refuses("invalid", "shape wants", image.unpatch, parts, { shape = { 3 } })
    files.refuses("shape", "wants patches [M, h, w, C], got [3, 5, 1]", image.unpatch, picture, { shape = { 3, 5 } })
  end)
end)

describe("patches at random", function()
  it("lie in the pictures, each place as likely", function()
    local small, large = counted(2, 2, "i32"), counted(3, 3, "i32") + 100
    local parts = image.random_patches({ small, large }, { size = 2, count = 2000, seed = 3 })
    assert.same({ 2000, 2, 2, 1 }, parts.shape)
    local seen = {}
    for _, text in ipairs(lists(parts)) do seen[text] = (seen[text] or 0) + 1 end
    local kinds = { "1 2 3 4", "101 102 104 105", "102 103 105 106", "104 105 107 108", "105 106 108 109" }
    for _, kind in ipairs(kinds) do
      assert.is_true(seen[kind] > 320 and seen[kind] < 480, kind)
      seen[kind] = nil
    end
    assert.is_nil(next(seen))
  end)

  it("are the same for a seed, which leaves the stream of ae.seed alone", function()
    local picture = ae.rand(2, 20, 30, 1)
    ae.seed(5)
    local wanted = ae.rand(1):item()
    ae.seed(5)
    local a = image.random_patches(picture, { size = { 3, 4 }, count = 10, seed = 1 })
    assert.equal(wanted, ae.rand(1):item())
    files.same(a, image.random_patches(picture, { size = { 3, 4 }, count = 10, seed = 1 }))
    ae.seed(5)
    local b = image.random_patches(picture, { size = { 3, 4 }, count = 10 })
    ae.seed(5)
    files.same(b, image.random_patches(picture, { size = { 3, 4 }, count = 10 }))
    assert.is_true((a - b):abs():max():item() > 0)
    assert.is_true((b - image.random_patches(picture, { size = { 3, 4 }, count = 10 })):abs():max():item() > 0)
  end)

  it("refuse what does not fit", function()
    files.refuses("shape", "patches of 3 x 3, but a picture is 2 x 9", image.random_patches,
      { ae.zeros(9, 9, 1), ae.zeros(2, 9, 1) }, { size = 3, count = 1 })
    files.refuses("invalid", "count", image.random_patches, ae.zeros(9, 9, 1), { size = 3 })
    files.refuses("shape", "there is no picture", image.random_patches, ae.zeros(0, 9, 9, 1), { size = 3, count = 1 })
  end)
end)
