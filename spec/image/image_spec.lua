local ae = require "aelua"
local core = require "aelua.core"
local files = require "spec.support.files"
local terminal = require "aelua.image.terminal"

local image = ae.image

local function u8(values) return ae.tensor(values, { dtype = "u8" }) end

-- n pictures of one pixel each, of the given values.
local function dots(values)
  local list = {}
  for i, value in ipairs(values) do list[i] = { { { value } } } end
  return u8(list)
end

-- A one-channel picture as rows of numbers.
local function rows(picture)
  local shape = picture.shape
  return picture:reshape(shape[1], shape[2]):totable()
end

describe("pictures in rows and columns", function()
  it("stand with a border", function()
    assert.same({
      { 9, 9, 9, 9, 9 },
      { 9, 1, 9, 2, 9 },
      { 9, 9, 9, 9, 9 },
      { 9, 3, 9, 9, 9 },
      { 9, 9, 9, 9, 9 },
    }, rows(image.grid(dots { 1, 2, 3 }, { columns = 2, padding = 1, scale = 1, background = 9 / 255 })))
    assert.same({ { 1, 2 }, { 3, 4 } }, rows(image.grid(dots { 1, 2, 3, 4 }, { padding = 0, scale = 1 })))
    assert.same({ { 1 }, { 2 } }, rows(image.grid(dots { 1, 2 }, { columns = 1, padding = 0, scale = 1 })))
    assert.same({ { 1, 2 } }, rows(image.grid(dots { 1, 2 }, { columns = 9, padding = 0, scale = 1 })))
  end)

  it("keep what is inside a picture in place", function()
    local two = u8 { { { { 1 }, { 2 } }, { { 3 }, { 4 } } }, { { { 5 }, { 6 } }, { { 7 }, { 8 } } } }
    assert.same({ { 1, 2, 5, 6 }, { 3, 4, 7, 8 } }, rows(image.grid(two, { columns = 2, padding = 0, scale = 1 })))
  end)

  it("are enlarged when they are small", function()
    assert.same({ { 1, 1, 2, 2 }, { 1, 1, 2, 2 } }, rows(image.grid(dots { 1, 2 }, { padding = 0, scale = 2, columns = 2 })))
    assert.same({ 64, 128, 1 }, image.grid(ae.zeros(2, 8, 8, 1), { padding = 0, columns = 2 }).shape)
    assert.same({ 56, 112, 3 }, image.grid(ae.zeros(2, 28, 28, 3), { padding = 0, columns = 2 }).shape)
    assert.same({ 80, 160, 1 }, image.grid(ae.zeros(2, 80, 80, 1), { padding = 0, columns = 2 }).shape)
  end)

  it("may be real, bytes, flat lists, data sets, grey among colour", function()
    local o = { padding = 0, scale = 1, columns = 2 }
    assert.same({ { 0, 255 }, { 128, 51 } }, rows(image.grid(ae.tensor { { { { -1 } } }, { { { 1.5 } } }, { { { 0.5 } } },
      { { { 0.2 } } } }, o)))
    assert.same({ { 1, 2 } }, rows(image.grid({ dots { 1 }, dots { 2 } }, o)))
    assert.same({ { 1, 2 } }, rows(image.grid(ae.data.tensors(dots { 1, 2 }), o)))
    assert.same({ { 1, 2 }, { 3, 4 } }, rows(image.grid(u8 { { 1, 2 }, { 3, 4 } }, o)))
    local mixed = image.grid({ dots { 7 }, u8 { { { 1, 2, 3 } } } }, o)
    assert.same({ { { 7, 7, 7 }, { 1, 2, 3 } } }, mixed:totable())
    assert.same({ 5, 10, 1 }, image.grid(ae.zeros(2, 5, 5), o).shape)
  end)

  it("stand in rows that belong together", function()
    local pairs_of = image.pairs(dots { 1, 2, 3 }, dots { 4, 5, 6 }, { columns = 2, padding = 0, scale = 1, background = 0 })
    assert.same({ { 1, 2 }, { 4, 5 }, { 3, 0 }, { 6, 0 } }, rows(pairs_of))
    local three = image.pairs(dots { 1 }, dots { 2 }, ae.data.tensors(dots { 3 }), { padding = 0, scale = 1 })
    assert.same({ { 1 }, { 2 }, { 3 } }, rows(three))
    local many = image.pairs(ae.zeros(25, 4, 4, 1), ae.ones(25, 4, 4, 3), { padding = 1, scale = 1 })
    assert.same({ 6 * 5 + 1, 10 * 5 + 1, 3 }, many.shape)
  end)

  it("refuse what is no picture", function()
    files.refuses("shape", "image.grid: wants pictures", image.grid, ae.zeros(4))
    files.refuses("shape", "got [2, 3, 3, 5]", image.grid, ae.zeros(2, 3, 3, 5))
    files.refuses("shape", "there is no picture in [0, 3, 3, 1]", image.grid, ae.zeros(0, 3, 3, 1))
    files.refuses("type", "wants a tensor, a data set or a list of them, got nothing", image.grid, nil)
    files.refuses("type", "got i32", image.grid, ae.zeros({ 2, 2 }, { dtype = "i32" }))
    files.refuses("invalid", "nan", image.grid, ae.tensor { { 0 / 0 } })
    files.refuses("invalid", "the list of pictures is empty", image.grid, {})
    files.refuses("shape", "pictures of 1 x 1 and 2 x 1", image.grid, { dots { 1 }, u8 { { { { 1 }, { 2 } } } } })
    files.refuses("shape", "1 and 2 channels", image.grid, { dots { 1 }, u8 { { { { 1, 2 } } } } })
    files.refuses("invalid", "no option 'colums'; did you mean 'columns'?", image.grid, dots { 1 }, { colums = 2 })
    files.refuses("invalid", "wants two sets of pictures or more, got 1", image.pairs, dots { 1 }, { columns = 2 })
    files.refuses("shape", "the first has 1 pictures, number 2 has 2", image.pairs, dots { 1 }, dots { 1, 2 })
  end)
end)

describe("picture files", function()
  local folder
  setup(function() folder = files.folder() end)
  teardown(function() files.remove(folder) end)

  it("come back as they were saved", function()
    local path = folder .. "/x.png"
    local picture = u8 { { { 1, 2, 3 }, { 4, 5, 6 } } }
    image.save(path, picture)
    files.same(picture, image.load(path))
    image.save(path, ae.tensor { { 0, 1 }, { 0.5, 0.2 } })
    assert.same({ { 0, 255 }, { 128, 51 } }, rows(image.load(path)))
    image.save(path, ae.zeros(9, 28, 28, 1))
    assert.same({ 3 * 58 + 2, 3 * 58 + 2, 1 }, image.load(path).shape)
  end)

  it("are PNG of 8 or 16 bits, and JPEG, by the ending", function()
    local path = folder .. "/deep.PNG"
    local t = ae.tensor { { { 0, 1 / 65535 }, { 0.5, 1.5 } } }
    image.save(path, t, { depth = 16 })
    files.same(ae.tensor { { { 0, 1 / 65535 }, { 32768 / 65535, 1 } } }, image.load(path))
    image.save(path, u8 { { 1, 255 } }, { depth = 16 })
    files.same(u8 { { { 1 }, { 255 } } }, image.load(path, { dtype = "u8" }))
    assert.equal(16, files.read(path):byte(25))
    image.save(path, t, { depth = 8 })
    assert.equal("u8", image.load(path).dtype)
    for _, name in ipairs { "/x.jpg", "/x.jpeg" } do
      image.save(folder .. name, u8 { { 50, 50 } }, { quality = 80 })
      assert.equal("\xff\xd8\xff", files.read(folder .. name):sub(1, 3))
      files.same({ { { 50 }, { 50 } } }, image.load(folder .. name, { channels = 1 }))
    end
  end)

  it("are not written of numbers that are no brightness in 0..1", function()
    local path, light = folder .. "/light.png", ae.full({ 2, 2 }, 200)
    local text = "real pictures lie in 0..1, the greatest value of this one is 200; did you mean u8, or to divide by 255?"
    files.refuses("invalid", "image.save: " .. text, image.save, path, light)
    files.refuses("invalid", "image.save: " .. text, image.save, path, light, { depth = 16 })
    files.refuses("invalid", "image.grid: " .. text, image.grid, { light / 255, light })
    text = "real pictures lie in 0..1, the least value of this one is -1.5; did you mean u8, or to divide by 255?"
    files.refuses("invalid", "image.save: " .. text, image.save, path, light / 200 - 2.5)
    assert.has_error(function() image.load(path) end)
  end)

  it("may be strings", function()
    local picture = u8 { { { 1, 2, 3 }, { 4, 5, 6 } } }
    files.same(picture, image.decode(image.encode(picture, "png")))
    files.same({ { 1, 2 } }, image.decode(image.encode({ dots { 1 }, dots { 2 } }, "png",
      { padding = 0, scale = 1 }), { channels = 1 }):reshape(1, 2))
    assert.is_true(#image.encode(ae.rand(64, 64), "jpeg", { quality = 5 }) < #image.encode(ae.rand(64, 64), "jpeg"))
  end)

  it("want a known form, in folders that are there", function()
    files.refuses("unsupported", "does not end in .png, .jpg or .jpeg", image.save, folder .. "/x.gif", dots { 1 })
    files.refuses("unsupported", "does not end in .png", image.save, folder .. ".png/x", dots { 1 })
    files.refuses("io", "its folder does not exist", image.save, folder .. "/no/x.png", dots { 1 })
    files.refuses("type", "path wants a string, got nil", image.save, nil, dots { 1 })
    files.refuses("invalid", "depth wants 8 or 16, got 12", image.save, folder .. "/x.png", dots { 1 }, { depth = 12 })
    files.refuses("invalid", "depth 16 is for one picture", image.encode, dots { 1, 2 }, "png", { depth = 16 })
    files.refuses("unsupported", "a JPEG has 8 bits", image.encode, dots { 1 }, "jpeg", { depth = 16 })
    files.refuses("unsupported", "image.encode: a JPEG has no alpha", image.encode, u8 { { { 1, 2 } } }, "jpeg")
    files.refuses("invalid", "quality is for JPEG", image.encode, dots { 1 }, "png", { quality = 3 })
    files.refuses("invalid", "wants 'png' or 'jpeg', got bmp", image.encode, dots { 1 }, "bmp")
    files.refuses("invalid", "no option 'qualty'; did you mean 'quality'?", image.encode, dots { 1 }, "jpeg", { qualty = 3 })
  end)
end)

describe("pictures in another size", function()
  it("have as many dimensions", function()
    local t = ae.rand(2, 6, 4, 3)
    files.same(ae.resize(t, { size = { 3, 5 }, method = "bicubic", antialias = false }),
      image.resize(t, { 3, 5 }, { method = "bicubic", antialias = false }))
    assert.same({ 7, 7, 3 }, image.resize(t[1], 7).shape)
    files.same({ { 0, 1 } }, image.resize(u8 { { 0, 0, 1, 1 }, { 0, 0, 1, 1 } }, { 1, 2 }, { method = "area" }))
  end)

  it("are found by the names of other libraries", function()
    files.refuses("invalid", "image has no 'imread'; did you mean 'load'?", function() return image.imread end)
    files.refuses("invalid", "did you mean 'method'?", image.resize, dots { 1 }, 2, { interpolation = "area" })
  end)

  it("want to be tensors", function()
    files.refuses("type", "image.resize: wants a tensor, got nil", image.resize, nil, 3)
    files.refuses("invalid", "image.resize: wants a size", image.resize, dots { 1 })
    files.refuses("invalid", "no option 'metod'; did you mean 'method'?", image.resize, dots { 1 }, 2, { metod = "area" })
    files.refuses("shape", "resize: x wants 3 dimensions", image.resize, ae.zeros(2), 3)
  end)
end)

describe("pictures in the terminal", function()
  it("in colour: two pixels in a half block", function()
    assert.equal("\27[38;2;255;0;9;48;2;1;2;3m▀\27[0m\n",
      terminal.draw(u8 { { { 255, 0, 9 } }, { { 1, 2, 3 } } }, 80, true))
    assert.equal("\27[38;2;7;7;7;49m▀▀\27[0m\n", terminal.draw(u8 { { { 7 }, { 7 } } }, 80, true))
    assert.equal("\27[38;2;50;0;100;49m▀\27[0m\n", terminal.draw(u8 { { { 100, 0, 200, 128 } } }, 80, true))
  end)

  it("without: five shades", function()
    assert.equal(" ░▒▓█\n", terminal.draw(u8 { { { 0 }, { 60 }, { 120 }, { 180 }, { 255 } } }, 80, false))
    assert.equal("▒\n", terminal.draw(u8 { { { 0 } }, { { 255 } } }, 80, false))
  end)

  it("are shrunk to the width", function()
    assert.equal("▒▒\n", terminal.draw(u8 { { { 0 }, { 255 }, { 255 }, { 0 } }, { { 255 }, { 0 }, { 0 }, { 255 } } }, 2, false))
    local _, lines = terminal.draw(core.ops.zeros({ 100, 300, 3 }, { dtype = "u8" }), 80, true):gsub("\n", "")
    assert.equal(13, lines)
  end)

  it("go to standard output", function()
    local out = assert(io.popen(("'%s' -e 'local ae = require \"aelua\"; ae.image.show(ae.ones(2, 3, 1))'"):format(arg[-1])))
    local text = out:read("a")
    out:close()
    assert.equal("███\n", text)
  end)

  it("are enlarged in a file where that is asked for", function()
    local folder = files.folder()
    local path = folder .. "/scaled.png"
    image.save(path, u8 { { { 1 } } }, { scale = 3, padding = 0 })
    assert.same({ 3, 3, 1 }, image.load(path).shape)
    assert.has_error(function() image.save(path, u8 { { { 1 } } }, { scala = 3 }) end)
    files.remove(folder)
  end)
end)
