local ae = require "aelua"
local core = require "aelua.core"
local files = require "spec.support.files"

describe("pictures", function()
  local folder
  setup(function() folder = files.folder() end)
  teardown(function() files.remove(folder) end)

  local function u8(values) return ae.tensor(values, { dtype = "u8" }) end

  it("are read with the channels that they have", function()
    for name, channels in pairs { ["grey.png"] = 1, ["grey_alpha.png"] = 2, ["rgb.png"] = 3, ["rgba.png"] = 4,
      ["palette.png"] = 3, ["palette_alpha.png"] = 4, ["interlaced.png"] = 3, ["baseline.jpg"] = 3,
      ["progressive.jpg"] = 3, ["grey.jpg"] = 1 } do
      local t = core.read_image(files.fixtures .. name)
      assert.equal("u8", t.dtype)
      assert.same({ 10, 12, channels }, t.shape, name)
    end
  end)

  it("hold the values that other decoders find", function()
    files.same(core.read_npy(files.fixtures .. "rgb_png.npy"), core.read_image(files.fixtures .. "interlaced.png"))
    local bits = core.read_image(files.fixtures .. "one_bit.png")
    files.same(core.read_npy(files.fixtures .. "grey_png.npy"):gt(99), (bits:to(ae.real) / 255):reshape(10, 12))
    for _, name in ipairs { "rgb", "palette", "palette_alpha" } do
      files.same(core.read_npy(files.fixtures .. name .. "_png.npy"), core.read_image(files.fixtures .. name .. ".png"))
    end
    local grey = core.read_npy(files.fixtures .. "grey_png.npy")
    files.same(grey, core.read_image(files.fixtures .. "grey.png"):reshape(10, 12))
    for _, name in ipairs { "baseline", "progressive" } do
      local wanted = core.read_npy(files.fixtures .. name .. "_jpg.npy"):totable()
      local got = core.read_image(files.fixtures .. name .. ".jpg"):totable()
      for y = 1, 10 do
        for x = 1, 12 do
          for c = 1, 3 do assert.near(wanted[y][x][c], got[y][x][c], 3) end
        end
      end
    end
  end)

  it("of 16 bits are real, k/65535", function()
    local deep = core.read_image(files.fixtures .. "deep.png")
    local grey = core.read_npy(files.fixtures .. "grey_png.npy"):totable()
    assert.equal(ae.real, deep.dtype)
    assert.same({ 10, 12, 1 }, deep.shape)
    for y, row in ipairs(deep:totable()) do
      for x, pixel in ipairs(row) do assert.near((grey[y][x] * 257 + 3) / 65535, pixel[1], 1e-6) end
    end
  end)

  it("of 16 bits have all their channels", function()
    local wanted = core.read_npy(files.fixtures .. "deep_rgba_png.npy"):totable()
    for name, channels in pairs { ["deep_rgb.png"] = 3, ["deep_rgba.png"] = 4 } do
      local t = core.read_image(files.fixtures .. name)
      assert.same({ 10, 12, channels }, t.shape)
      local bytes = core.read_image(files.fixtures .. name, nil, "u8"):totable()
      for y, row in ipairs(t:totable()) do
        for x, pixel in ipairs(row) do
          for c, value in ipairs(pixel) do
            assert.near(wanted[y][x][c] / 65535, value, 1e-7)
            assert.equal(math.floor(wanted[y][x][c] / 257 + 0.5), bytes[y][x][c])
          end
        end
      end
    end
  end)

  it("come with the channels that are asked for", function()
    local function read(name, ...) return core.read_image(files.fixtures .. name, ...) end
    files.same(core.read_npy(files.fixtures .. "rgb_luma.npy"), read("rgb.png", 1):reshape(10, 12))
    files.same(read("rgb.png"), read("rgba.png", 3))
    files.same(read("rgb.png", 1), read("rgba.png", 1))
    local grey, more = read("grey.png"):totable(), read("grey.png", 4):totable()
    local both, few = read("grey_alpha.png", 4):totable(), read("grey_alpha.png", 1):totable()
    for y, row in ipairs(grey) do
      for x, pixel in ipairs(row) do
        local v = pixel[1]
        assert.same({ v, v, v, 255 }, more[y][x])
        assert.same({ v, v, v, 255 - v }, both[y][x])
        assert.same({ v }, few[y][x])
      end
    end
  end)

  it("come in the type that is asked for", function()
    local bytes, reals = core.read_image(files.fixtures .. "rgb.png"), core.read_image(files.fixtures .. "rgb.png", 3, "f32")
    assert.equal(ae.real, reals.dtype)
    files.same(bytes, (reals * 255 + 0.5):floor():to("u8"))
    local deep = core.read_image(files.fixtures .. "deep_rgb.png", 1):totable()
    local wanted = core.read_npy(files.fixtures .. "deep_rgba_png.npy"):totable()
    for y, row in ipairs(deep) do
      for x, pixel in ipairs(row) do
        local rgb = wanted[y][x]
        assert.near((0.299 * rgb[1] + 0.587 * rgb[2] + 0.114 * rgb[3]) / 65535, pixel[1], 1 / 65535)
      end
    end
  end)

  it("are decoded from memory as from files", function()
    for _, name in ipairs { "rgb.png", "deep_rgba.png", "progressive.jpg" } do
      local bytes = files.read(files.fixtures .. name)
      files.same(core.read_image(files.fixtures .. name), core.decode_image(bytes))
      files.same(core.read_image(files.fixtures .. name, 1, "f32"), core.decode_image(bytes, 1, "f32"))
    end
    files.refuses("type", "image.decode: wants a string of bytes, got 3", core.decode_image, 3)
    files.refuses("format", "image.decode: no PNG or JPEG", core.decode_image, "text")
    files.refuses("invalid", "channels wants 1 to 4, got 5", core.decode_image, "text", 5)
    files.refuses("invalid", "dtype wants u8 or f32, got i32", core.decode_image, "text", 1, "i32")
  end)

  -- Numbers of [h, w, channels] in 0..most, over which each of PNG's filters is the best somewhere.
  local function pattern(h, w, channels, most)
    local values, state = {}, 1
    for y = 1, h do
      values[y] = {}
      for x = 1, w do
        values[y][x] = {}
        for c = 1, channels do
          state = (state * 1103515245 + 12345) % (1 << 31)
          local kind = y % 4
          local v = kind == 0 and state >> 8 or kind == 1 and x * 9 * c or kind == 2 and y * c + 5 * x * x or x * y + c
          values[y][x][c] = v % (most + 1)
        end
      end
    end
    return values
  end

  it("are written as PNG without loss", function()
    local path = folder .. "/x.png"
    for channels = 1, 4 do
      local values = pattern(13, 7, channels, 255)
      core.write_image(path, u8(values), "png")
      files.same(values, core.read_image(path))
      assert.equal(files.read(path), core.encode_image(u8(values), "png"))
    end
    core.write_image(path, u8 { { 0, 255 } }, "png")
    files.same({ { { 0 }, { 255 } } }, core.read_image(path))
    assert.same({ "x.png" }, files.list(folder))
    os.remove(path)
  end)

  it("are written as PNG of 16 bits without loss", function()
    for channels = 1, 4 do
      local t = ae.tensor(pattern(13, 7, channels, 65535)) / 65535
      local png = core.encode_image(t, "png")
      assert.equal(16, png:byte(25))
      files.same(t, core.decode_image(png))
    end
    files.same({ { { 0 }, { 1 } } }, core.decode_image(core.encode_image(ae.tensor { { -3, 7 } }, "png")))
  end)

  it("are filtered: lines that differ by a constant take next to no room", function()
    local values = {}
    for y = 1, 200 do
      values[y] = {}
      for x = 1, 200 do values[y][x] = { (x * x + y) % 256 } end
    end
    assert.is_true(#core.encode_image(u8(values), "png") < 1000)
  end)

  it("are written as JPEG", function()
    local values = {}
    for y = 1, 24 do
      values[y] = {}
      for x = 1, 40 do values[y][x] = { 5 * x, 9 * y, 255 - 4 * x } end
    end
    local good, bad = core.encode_image(u8(values), "jpeg", 95), core.encode_image(u8(values), "jpeg", 10)
    assert.is_true(#bad < #good)
    local got = core.decode_image(good)
    assert.same({ 24, 40, 3 }, got.shape)
    local worst = (got:to(ae.real) - ae.tensor(values)):abs():max():item()
    assert.is_true(worst <= 6, worst)
    local grey = core.decode_image(core.encode_image(u8 { { 10, 10 }, { 10, 10 } }, "jpeg"))
    files.same({ { { 10, 10, 10 }, { 10, 10, 10 } }, { { 10, 10, 10 }, { 10, 10, 10 } } }, grey)
  end)

  it("that cannot be written are refused", function()
    local path = folder .. "/y.png"
    local function refuses(code, says, ...) files.refuses(code, says, core.write_image, path, ...) end
    refuses("type", "image.save: wants u8 pixels (or real, for 16 bits), got i32", ae.zeros({ 1, 1 }, { dtype = "i32" }), "png")
    refuses("type", "image.save: wants u8 pixels, got f", ae.tensor { { 1 } }, "jpeg")
    refuses("shape", "wants [H, W] or [H, W, 1..4], got [2]", u8 { 1, 2 }, "png")
    refuses("shape", "got [1, 1, 5]", u8 { { { 1, 2, 3, 4, 5 } } }, "png")
    refuses("shape", "got [1, 1, 1, 1]", u8 { { { { 1 } } } }, "png")
    refuses("shape", "got [0, 3]", ae.zeros({ 0, 3 }, { dtype = "u8" }), "png")
    refuses("unsupported", "a JPEG has no alpha, got [1, 1, 2]", u8 { { { 1, 2 } } }, "jpeg")
    refuses("unsupported", "[1, 32769] is too large", ae.zeros({ 1, 32769 }, { dtype = "u8" }), "png")
    refuses("invalid", "quality wants 1 to 100, got 0", u8 { { 1 } }, "jpeg", 0)
    files.refuses("io", "its folder does not exist", core.write_image, folder .. "/no/y.png", u8 { { 1 } }, "png")
    assert.is_false(pcall(files.read, path))
  end)

  -- A PNG that claims a size; its data is another's.
  local function claiming(width, height)
    local grey = files.read(files.fixtures .. "grey.png")
    local chunk = "IHDR" .. string.pack(">I4I4", width, height) .. grey:sub(25, 29)
    return files.write(folder .. "/claim.png", grey:sub(1, 12) .. chunk .. grey:sub(30))
  end

  it("that claim to be enormous are refused before they are decoded", function()
    -- A whole JPEG up to its size: start, baseline frame of 60000 x 60000.
    files.refuses("unsupported", "60000 x 60000", core.decode_image, "\xff\xd8\xff\xc0\0\11\8" .. ("\xea\x60"):rep(2))
    files.refuses("format", "no PNG or JPEG", core.decode_image, "\xff\xd8\xff\xc0\0\11\8\xea\x60\xea")
    files.refuses("unsupported", "60000 x 60000; sides up to 32768", core.read_image, claiming(60000, 60000))
    files.refuses("unsupported", "30000 x 30000", core.read_image, claiming(30000, 30000))
    files.refuses("format", "no PNG or JPEG", core.read_image, claiming(0, 10))
    files.refuses("unsupported", "4294967295 x 10", core.read_image, claiming(4294967295, 10))
    files.refuses("format", "no PNG or JPEG", core.read_image, claiming(12, 11))
  end)

  it("that are damaged are told so, whatever was decoded before", function()
    local picture = ae.image.encode(ae.zeros({ 8, 8, 3 }, { dtype = "u8" }), "jpeg")
    local head = picture:find("\xff\xc4", 1, true) -- of the first Huffman table
    for _, before in ipairs { "GIF89a", picture } do
      pcall(core.decode_image, before)
      files.refuses("format", "no PNG or JPEG that can be decoded (damaged)", core.decode_image, picture:sub(1, head + 20))
    end
  end)

  it("that end within the sizes of a Huffman table are refused before they are decoded", function()
    local picture = ae.image.encode(ae.zeros({ 8, 8, 3 }, { dtype = "u8" }), "jpeg")
    local head = picture:find("\xff\xc4", 1, true)
    for length = 2, 15 do
      files.refuses("format", "a Huffman table with more than 256 codes", core.decode_image,
        picture:sub(1, head + 1) .. "\xff\xff\0" .. ("\xff"):rep(length))
    end
  end)

  it("in other formats are refused", function()
    for _, bytes in ipairs { "", "GIF89a" .. ("\0"):rep(100), "BM" .. ("\0"):rep(100), "P6 1 1 255\n\1\2\3", "text" } do
      local path = files.write(folder .. "/other.png", bytes)
      files.refuses("format", "image.load: " .. path .. ": no PNG or JPEG", core.read_image, path)
    end
    files.refuses("io", "No such file", core.read_image, folder .. "/nothing")
  end)
end)
