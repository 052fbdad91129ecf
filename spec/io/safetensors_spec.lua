local ae = require "aelua"
local core = require "aelua.core"
local files = require "spec.support.files"

describe("safetensors", function()
  local folder, path
  setup(function()
    folder = files.folder()
    path = folder .. "/x.safetensors"
  end)
  teardown(function() files.remove(folder) end)

  local function file(header, data)
    return files.write(path, string.pack("<s8", header) .. (data or ""))
  end
  local function refuses(code, says, header, data)
    files.refuses(code, says, core.read_safetensors, file(header, data))
  end
  local function u8(values) return ae.tensor(values, { dtype = "u8" }) end

  it("come back as they were written", function()
    local tensors = {
      ["layer.weight"] = ae.tensor { { 1, -2.5, 3 }, { 4, 5, 1e-20 } }, bytes = u8 { 1, 2, 3 },
      number = ae.tensor(7.5), counts = ae.tensor({ -1, 2 }, { dtype = "i32" }), ["\u{e9}\""] = ae.tensor { 1 },
    }
    core.write_safetensors(path, tensors, { about = "a \"model\"\n", ["\u{e9}"] = "" })
    local back, metadata, order = core.read_safetensors(path)
    for name, t in pairs(tensors) do
      assert.equal(t.dtype, back[name].dtype)
      assert.same(t.shape, back[name].shape)
      files.same(t, back[name])
      tensors[name] = nil
      back[name] = nil
    end
    assert.is_nil(next(back))
    assert.same({ about = "a \"model\"\n", ["\u{e9}"] = "" }, metadata)
    assert.same("bytes", order[#order])
    assert.equal(5, #order)
  end)

  it("are written in one order, aligned", function()
    local tensors = { b = ae.tensor { 1, 2 }, a = u8 { 1, 2, 3 }, c = ae.tensor({ 5 }, { dtype = "i32" }) }
    core.write_safetensors(path, tensors, { z = "1", a = "2" })
    local first = files.read(path)
    core.write_safetensors(path, { c = tensors.c, a = tensors.a, b = tensors.b }, { a = "2", z = "1" })
    assert.equal(first, files.read(path))
    local header = string.unpack("<s8", first)
    assert.equal(0, #header % 8)
    local parsed = core.json.decode(header)
    assert.equal(0, parsed.b.data_offsets[1])
    assert.same({ dtype = "U8", shape = { 3 }, data_offsets = { #first - 8 - #header - 3, #first - 8 - #header } }, parsed.a)
  end)

  it("may be empty, and hold empty tensors", function()
    core.write_safetensors(path, {})
    local tensors, metadata, order = core.read_safetensors(path)
    assert.same({ {}, {}, {} }, { tensors, metadata, order })
    core.write_safetensors(path, { a = core.read_npy(files.fixtures .. "empty.npy"), b = ae.tensor { 1 } })
    assert.same({ 0, 3 }, core.read_safetensors(path).a.shape)
  end)

  it("of either build are read by either", function()
    local both = core.read_safetensors(file('{"a":{"dtype":"F64","shape":[2],"data_offsets":[0,16]},'
      .. '"b":{"dtype":"F32","shape":[2],"data_offsets":[16,24]}}', string.pack("<ddff", 0.5, -3, 0.25, 7)))
    files.same({ 0.5, -3 }, both.a)
    files.same({ 0.25, 7 }, both.b)
    assert.equal(ae.real, both.a.dtype)
    assert.equal(ae.real, both.b.dtype)
  end)

  it("may hold small and large integers", function()
    local t = core.read_safetensors(file('{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},'
      .. '"b":{"dtype":"I8","shape":[2],"data_offsets":[8,10]},"c":{"dtype":"BOOL","shape":[1],"data_offsets":[10,11]}}  ',
      string.pack("<i8bbB", -5, -1, 2, 1)))
    files.same({ -5 }, t.a)
    files.same({ -1, 2 }, t.b)
    files.same({ 1 }, t.c)
  end)

  it("trust nothing: the header", function()
    files.refuses("format", "ends too early", core.read_safetensors, files.write(path, "abc"))
    files.refuses("format", "longer than the file", core.read_safetensors, files.write(path, ("\xff"):rep(8) .. "{}"))
    files.refuses("format", "longer than the file", core.read_safetensors, files.write(path, string.pack("<I8", 3) .. "{}"))
    refuses("format", "does not begin with '{'", "")
    refuses("format", "does not begin with '{'", " {}")
    refuses("format", "does not begin with '{'", "[]")
    refuses("format", "no valid JSON at byte", "{")
    refuses("format", "no valid JSON at byte", "{}x")
    refuses("format", "'a' twice", '{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},'
      .. '"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}')
    refuses("format", "'shape' twice", '{"a":{"dtype":"U8","shape":[0],"shape":[0],"data_offsets":[0,0]}}')
    refuses("format", "'a' is no object", '{"a":3}')
    refuses("format", "__metadata__ is no object", '{"__metadata__":[]}')
    refuses("format", "metadata 'a' is no text", '{"__metadata__":{"a":1}}')
    refuses("format", "'a' twice", '{"__metadata__":{"a":"1","a":"2"}}')
  end)

  it("trust nothing: types, shapes, offsets", function()
    local function entry(dtype, shape, offsets)
      return ('{"a":{"dtype":%s,"shape":%s,"data_offsets":%s}}'):format(dtype, shape, offsets)
    end
    refuses("unsupported", "dtype 'BF16'", entry('"BF16"', "[1]", "[0,2]"), "xx")
    refuses("format", "'a' has no dtype", entry("1", "[1]", "[0,2]"), "xx")
    refuses("format", "'a' has no shape", entry('"U8"', "1", "[0,1]"), "x")
    for _, size in ipairs { "-1", "1.5", "1e30", '"1"', "null" } do
      refuses("format", "no whole number", entry('"U8"', "[" .. size .. "]", "[0,1]"), "x")
    end
    refuses("unsupported", "more than 8 dimensions", entry('"U8"', "[1,1,1,1,1,1,1,1,1]", "[0,1]"), "x")
    refuses("overflow", "'a'", entry('"U8"', "[4294967296,4294967296,4294967296]", "[0,1]"), "x")
    for _, offsets in ipairs { "[0]", "[0,1,2]", "[1,0]", "[-1,0]", "[0,1.5]", "3", "[0,1e400]" } do
      refuses("format", "wants data_offsets", entry('"U8"', "[1]", offsets), "x")
    end
    refuses("format", "is f32 [2], 8 bytes, but its offsets hold 4", entry('"F32"', "[2]", "[0,4]"), "xxxx")
    refuses("format", "12 bytes of data, the file has 3", entry('"F32"', "[3]", "[0,12]"), "xxx")
    refuses("format", "more bytes follow", entry('"U8"', "[1]", "[0,1]"), "xy")
    refuses("format", "leaves a hole", entry('"U8"', "[1]", "[1,2]"), "xy")
    refuses("format", "overlaps", '{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},'
      .. '"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}', "xyz")
  end)

  it("refuse to be written wrongly, and leave what was there", function()
    core.write_safetensors(path, { a = ae.tensor { 1 } })
    local before = files.read(path)
    local function write(...) files.refuses(...) end
    write("invalid", "tensors want a table, got nothing", core.write_safetensors, path)
    write("type", "a wants a tensor, got 3", core.write_safetensors, path, { a = 3 })
    write("invalid", "a tensor's name wants a string, got 1", core.write_safetensors, path, { ae.tensor { 1 } })
    write("invalid", "__metadata__", core.write_safetensors, path, { __metadata__ = ae.tensor { 1 } })
    write("invalid", "not valid UTF-8", core.write_safetensors, path, { ["\xff"] = ae.tensor { 1 } })
    write("invalid", "zero byte", core.write_safetensors, path, { ["a\0b"] = ae.tensor { 1 } })
    write("invalid", "a wants a string, got 1", core.write_safetensors, path, {}, { a = 1 })
    write("invalid", "not valid UTF-8", core.write_safetensors, path, {}, { a = "\xff" })
    write("io", "its folder does not exist", core.write_safetensors, folder .. "/no/x", {})
    assert.equal(before, files.read(path))
    assert.same({ "x.safetensors" }, files.list(folder))
  end)
end)
