local ae = require "aelua"
local files = require "spec.support.files"
local lfs = require "lfs"

local load = ae.data.load

-- A picture of one colour; its first channel tells it from others.
local function picture(height, width, channels, value)
  return ae.full({ height, width, channels }, value, { dtype = "u8" })
end

describe("folders of pictures", function()
  local folder
  before_each(function() folder = files.folder() end)
  after_each(function() files.remove(folder) end)

  -- Saves a picture, and makes the folders on the way.
  local function put(name, t)
    local path = folder
    for part in name:gmatch("([^/]+)/") do
      path = path .. "/" .. part
      lfs.mkdir(path)
    end
    if type(t) == "string" then return files.write(folder .. "/" .. name, t) end
    ae.image.save(folder .. "/" .. name, t)
    return folder .. "/" .. name
  end

  local function refuses(code, says, ...) files.refuses(code, says, load, ...) end

  -- The first channel of the first pixel of every sample, as bytes.
  local function values(set)
    local list = {}
    for i, row in ipairs((set:stored()):reshape(#set, -1):totable()) do list[i] = math.tointeger(row[1]) end
    return list
  end

  it("have the names of their folders for labels", function()
    put("10/a.png", picture(4, 5, 3, 1))
    put("9/b.PNG", picture(4, 5, 3, 2))
    put("9/a.png", picture(4, 5, 3, 3))
    put("9/more/c.png", picture(4, 5, 3, 4))
    local set, none = load(folder)
    assert.is_nil(none)
    assert.same({ 4, 5, 3 }, set.shape)
    assert.same({ "9", "10" }, set.classes)
    assert.same({ 2, 1, 1, 1 }, set:labels():totable())
    assert.same({ 1, 3, 2, 4 }, values(set))
    assert.same({ "10/a.png", "9/a.png", "9/b.PNG", "9/more/c.png" },
      { set:paths()[1]:sub(#folder + 2), set:paths()[2]:sub(#folder + 2), set:paths()[3]:sub(#folder + 2),
        set:paths()[4]:sub(#folder + 2) })
    assert.equal("Dataset: 4 samples [4, 5, 3], 2 classes", tostring(set))
    local plain = load(folder, { label = false })
    assert.is_nil(plain.classes)
    assert.equal(4, #plain)
  end)

  it("have no labels where pictures lie in the folder itself", function()
    for i = 1, 3 do put(("p%d.png"):format(i), picture(2, 2, 1, i)) end
    local set = load(folder)
    assert.same({ 2, 2, 1 }, set.shape)
    assert.is_nil(set.classes)
    assert.same({ 1, 2, 3 }, values(set))
    put("sub/q.png", picture(2, 2, 1, 9))
    refuses("format", { "has pictures ('p3.png') beside folders of pictures", "label = false" }, folder)
    assert.equal(4, #load(folder, { label = false }))
  end)

  it("have their parts in folders of their own", function()
    put("train/b/1.png", picture(2, 2, 1, 1))
    put("train/a/1.png", picture(2, 2, 1, 2))
    put("Validation/b/1.png", picture(2, 2, 1, 3))
    put("cover.png", picture(9, 9, 3, 0))
    local train, validation = load(folder)
    assert.same({ "a", "b" }, validation.classes)
    assert.same({ 2 }, validation:labels():totable())
    assert.same({ 1, 2 }, train:labels():totable())
    put("test/c/1.png", picture(2, 2, 1, 4))
    local _, test, third = load(folder)
    assert.same({ "a", "b", "c" }, test.classes)
    assert.same({ 4 }, values(test))
    assert.same({ 3 }, values(third))
    put("test/2.png", picture(2, 2, 1, 4))
    refuses("format", "has pictures ('2.png') beside", folder)
    files.remove(folder .. "/test/c")
    local labelled, plain = load(folder)
    assert.same({ "a", "b" }, labelled.classes)
    assert.is_nil(plain.classes)
    put("val/b/1.png", picture(2, 2, 1, 3))
    refuses("format", "which are both the validation part", folder)
  end)

  it("named like parts are classes where others stand beside them", function()
    put("train/1.png", picture(2, 2, 1, 1))
    put("car/1.png", picture(2, 2, 1, 2))
    local set, none = load(folder)
    assert.is_nil(none)
    assert.same({ "car", "train" }, set.classes)
    put("flat/train/1.png", picture(2, 2, 1, 1))
    assert.same({ nil, 1 }, { load(folder .. "/flat").classes, #load(folder .. "/flat") })
  end)

  it("are not looked at beside tables and IDX files", function()
    put("train/a/1.png", picture(2, 2, 1, 1))
    put("train.csv", "1,2\n3,4\n")
    assert.same({ 2 }, load(folder).shape)
    refuses("invalid", "is for folders of pictures", folder, { size = 2 })
    assert.same({ 2, 2, 1 }, load(folder .. "/train").shape)
  end)

  it("may hold other things, and links that lead in circles", function()
    put("a/1.png", picture(2, 2, 1, 1))
    put("a/.hidden.png", "nothing")
    put("a/notes.txt", "nothing")
    put(".thumbs/1.png", "nothing")
    lfs.mkdir(folder .. "/empty")
    assert(lfs.link(folder, folder .. "/a/round", true))
    assert(lfs.link(folder .. "/a", folder .. "/b", true))
    assert(lfs.link(folder .. "/a/1.png", folder .. "/a/2.png", true))
    local set = load(folder)
    assert.same({ "a", "b" }, set.classes)
    assert.same({ 1, 1, 2, 2 }, set:labels():totable())
  end)

  it("have channels that fit all, or those asked for", function()
    put("1.png", picture(2, 2, 1, 10))
    put("2.png", picture(2, 2, 2, 20))
    assert.same({ 2, 2, 1 }, load(folder).shape)
    put("3.png", ae.tensor({ { { 255, 0, 0 }, { 0, 255, 0 } }, { { 0, 0, 255 }, { 1, 1, 1 } } }, { dtype = "u8" }))
    put("4.png", picture(2, 2, 4, 40))
    local set = load(folder)
    assert.same({ 2, 2, 3 }, set.shape)
    assert.same({ 10, 10, 10 }, (set:stored())[1][1][1]:totable())
    assert.same({ 40, 40, 40 }, (set:stored())[4][1][1]:totable())
    assert.same({ { 76, 150 }, { 29, 1 } }, (load(folder, { channels = 1 }):stored())[3]:reshape(2, 2):totable())
    local four = load(folder, { channels = 4 })
    assert.same({ 10, 10, 10, 255 }, (four:stored())[1][1][1]:totable())
    assert.same({ 40, 40, 40, 40 }, (four:stored())[4][1][1]:totable())
    refuses("invalid", "channels wants 1 (grey), 3 (RGB) or 4 (RGBA), got 2", folder, { channels = 2 })
  end)

  it("of 16 bits become 8", function()
    put("deep.png", files.read(files.fixtures .. "deep.png"))
    local set = load(folder)
    local wanted = (ae.image.load(folder .. "/deep.png") * 255 + 0.5):floor():to("u8")
    assert.equal("u8", (set:stored()).dtype)
    files.same(wanted, (set:stored())[1])
  end)

  it("want a size where theirs differ", function()
    put("a.png", picture(4, 6, 1, 200))
    put("b.png", picture(4, 6, 1, 100))
    put("c.png", picture(6, 4, 1, 100))
    refuses("shape", { "/a.png' is 4 x 6 (height x width), '", "/c.png' is 6 x 4; give a size" }, folder)
    assert.same({ 2, 3, 1 }, load(folder, { size = { 2, 3 } }).shape)
    assert.same({ 5, 5, 1 }, load(folder, { size = 5 }).shape)
    refuses("invalid", "data.load: size wants an integer or {height, width} of at least 1, got [1, 2, 3]", folder,
      { size = { 1, 2, 3 } })
    refuses("invalid", "size wants an integer or {height, width} of at least 1, got ['8', 8]", folder, { size = { "8", 8 } })
    refuses("invalid", "size wants an integer or {height, width} of at least 1, got [0, 4]", folder, { size = { 0, 4 } })
    refuses("invalid", "sides of 1 to", folder, { size = { 100000, 4 } })
    refuses("invalid", "fit wants a size", folder, { fit = "crop" })
    refuses("invalid", "fit wants one of stretch, crop, pad", folder, { size = 2, fit = "croop" })
  end)

  it("are stretched, cropped or padded to a size", function()
    -- 2x4: columns 0, 100, 200, 40.
    local row = { { 0 }, { 100 }, { 200 }, { 40 } }
    put("a.png", ae.tensor({ row, row }, { dtype = "u8" }))
    local function fitted(size, fit)
      local set = load(folder, { size = size, fit = fit })
      return (set:stored())[1]:reshape(size[1], size[2]):totable()
    end
    assert.same({ { 0, 100, 200, 40 }, { 0, 100, 200, 40 }, { 0, 100, 200, 40 } }, fitted({ 3, 4 }))
    assert.same({ { 100, 200 }, { 100, 200 } }, fitted({ 2, 2 }, "crop"))
    assert.same({ { 0, 0, 0, 0 }, { 0, 100, 200, 40 }, { 0, 100, 200, 40 }, { 0, 0, 0, 0 } }, fitted({ 4, 4 }, "pad"))
    assert.same({ { 0, 100, 200, 40 } }, fitted({ 1, 4 }, "stretch"))
  end)

  it("are resized as ae.resize does", function()
    ae.seed(1)
    local noise = (ae.rand { 11, 17, 3 } * 255):to("u8")
    put("a.png", noise)
    local function fitted(given) return (load(folder, given):stored())[1] end
    for _, method in ipairs { "nearest", "bilinear", "bicubic", "area" } do
      for _, size in ipairs { { 5, 23 }, { 30, 4 }, { 11, 17 } } do
        files.same(ae.resize(noise, size, { method = method }), fitted { size = size, interpolation = method })
      end
      -- Of 11 x 17 the middle 11 x 6 and 8 x 17; into 10 x 20 fits 10 x 15, into 30 x 17 fits 11 x 17.
      files.same(ae.resize(noise[{ {}, { 6, 11 } }], { 20, 10 }, { method = method }),
        fitted { size = { 20, 10 }, fit = "crop", interpolation = method })
      files.same(ae.resize(noise[{ { 2, 9 } }], { 8, 18 }, { method = method }),
        fitted { size = { 8, 18 }, fit = "crop", interpolation = method })
      local padded = ae.zeros({ 10, 20, 3 }, { dtype = "u8" })
      padded[{ {}, { 3, 17 } }] = ae.resize(noise, { 10, 15 }, { method = method })
      files.same(padded, fitted { size = { 10, 20 }, fit = "pad", interpolation = method })
      padded = ae.zeros({ 30, 17, 3 }, { dtype = "u8" })
      padded[{ { 10, 20 } }] = noise
      files.same(padded, fitted { size = { 30, 17 }, fit = "pad", interpolation = method })
    end
    refuses("invalid", "interpolation wants a size", folder, { interpolation = "area" })
  end)

  it("have broken ones named, or left out and listed", function()
    local good = put("a/1.png", picture(8, 8, 3, 1))
    put("a/2.png", "this is text")
    put("b/1.jpg", ae.image.load(good))
    put("b/2.png", files.read(good):sub(1, -20))
    put("b/3.png", "")
    put("b/4.png", "\x89PNG\r\n\x1a\n\0\0\0\13IHDR\0\0\xea\x60\0\0\xea\x60\8\0\0\0\0")
    assert(lfs.link(folder .. "/nowhere", folder .. "/c.jpeg", true))
    refuses("format", { folder .. "/a/2.png: no PNG or JPEG" }, folder, { label = false })
    local set = load(folder, { label = false, on_error = "skip" })
    assert.equal(2, #set)
    assert.equal("Dataset: 2 samples [8, 8, 3], 5 skipped", tostring(set))
    local skipped = {}
    for i, one in ipairs(set:info().skipped) do
      skipped[i] = one.path:sub(#folder + 2)
      assert.is_truthy(one.message:find(one.path, 1, true))
    end
    assert.same({ "a/2.png", "b/2.png", "b/3.png", "b/4.png", "c.jpeg" }, skipped)
    assert.is_truthy(set:info().skipped[4].message:find("60000 x 60000", 1, true))
    os.remove(folder .. "/c.jpeg")
    local labelled = load(folder, { on_error = "skip", memory = 0 })
    assert.same({ 1, 2 }, labelled:labels():totable())
    assert.same({ folder .. "/a/1.png", folder .. "/b/1.jpg" }, labelled:paths())
    os.remove(good)
    os.remove(folder .. "/b/1.jpg")
    refuses("format", { ("no picture in '%s' can be read; the first of 4"):format(folder), "a/2.png" }, folder,
      { on_error = "skip" })
  end)

  it("take their own options and no others", function()
    put("a.png", picture(2, 2, 1, 1))
    refuses("invalid", "the option 'header' is for tables", folder, { header = true })
    refuses("invalid", "labels are the names of their folders", folder, { label = 1 })
    refuses("invalid", "the option 'size' is for folders of pictures", files.fixtures .. "c_f4.npy", { size = 4 })
    refuses("invalid", "on_error wants one of error, skip", folder, { on_error = "ignore" })
    os.remove(folder .. "/a.png")
    put("deep/er/notes.txt", "text")
    refuses("format", "has no data", folder)
  end)

  it("in a folder that nobody may read are an error, which names who asks", function()
    put("a/1.png", picture(2, 2, 1, 1))
    local linked = folder .. "/linked"
    assert(lfs.link("linked", linked, true))
    refuses("io", "data.load: " .. linked, linked)
  end)

  it("that nobody may read are an error", function()
    put("a/1.png", picture(2, 2, 1, 1))
    put("b/1.png", picture(2, 2, 1, 1))
    os.remove(folder .. "/b/1.png")
    lfs.mkdir(folder .. "/b/1.png")
    assert.equal(1, #load(folder))
    lfs.rmdir(folder .. "/b/1.png")
    os.execute("mkfifo '" .. folder .. "/b/pipe.png'")
    refuses("io", { "b/pipe.png", "wanted a regular file" }, folder)
  end)
end)
