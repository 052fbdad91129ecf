local ae = require "aelua"
local core = require "aelua.core"
local files = require "spec.support.files"

describe("IDX files", function()
  local folder
  setup(function() folder = files.folder() end)
  teardown(function() files.remove(folder) end)

  local function idx(kind, dims, bytes)
    local head = string.char(0, 0, kind, #dims)
    for _, size in ipairs(dims) do head = head .. string.pack(">I4", size) end
    return files.write(folder .. "/x.idx", head .. bytes)
  end

  it("hold every element type that fits a tensor", function()
    local types = {
      { 0x08, "B", { 0, 7, 255 }, "u8" }, { 0x09, ">i1", { -128, 0, 127 }, "i32" },
      { 0x0B, ">i2", { -32768, 258, 32767 }, "i32" }, { 0x0C, ">i4", { -2147483648, 16909060, 2147483647 }, "i32" },
      { 0x0D, ">f", { -0.5, 0, 3.25 }, ae.real }, { 0x0E, ">d", { -0.5, 0, 3.25 }, ae.real },
    }
    for _, case in ipairs(types) do
      local bytes = ""
      for _, value in ipairs(case[3]) do bytes = bytes .. string.pack(case[2], value) end
      local t = core.read_idx(idx(case[1], { 3 }, bytes))
      assert.equal(case[4], t.dtype)
      files.same(case[3], t)
    end
  end)

  it("are big endian, of any number of dimensions up to 8", function()
    files.same({ { 1, 2, 3 }, { 4, 5, 6 } }, core.read_idx(idx(8, { 2, 3 }, "\1\2\3\4\5\6")))
    assert.same({ 1, 1, 1, 1, 1, 1, 1, 2 }, core.read_idx(idx(8, { 1, 1, 1, 1, 1, 1, 1, 2 }, "\1\2")).shape)
    assert.same({ 0, 28, 28 }, core.read_idx(idx(8, { 0, 28, 28 }, "")).shape)
  end)

  it("may be gzipped, in several members", function()
    files.same({ 1, 2, 3, 4, 5, 6 }, core.read_idx(files.fixtures .. "members.idx.gz"))
  end)

  it("that lie or are cut short are refused before memory is asked for", function()
    files.refuses("format", { "read_idx", "too short", "[4, 3]" }, core.read_idx, idx(8, { 4, 3 }, "\1\2\3"))
    files.refuses("format", { "too short", "[60000, 60000]" }, core.read_idx, idx(8, { 60000, 60000 }, "\1\2\3"))
    files.refuses("overflow", "read_idx", core.read_idx, idx(8, { 4294967295, 4294967295, 4294967295 }, "\1"))
    files.refuses("format", "more bytes follow", core.read_idx, idx(8, { 2 }, "\1\2\3"))
    files.refuses("format", "no element type 0x0a", core.read_idx, idx(0x0A, { 2 }, "\1\2"))
    files.refuses("format", "1 to 8 dimensions, the header says 9", core.read_idx,
      idx(8, { 1, 1, 1, 1, 1, 1, 1, 1, 1 }, "\1"))
    files.refuses("format", "not an IDX file", core.read_idx, files.fixtures .. "rgb.png")
    files.refuses("format", "ends too early", core.read_idx, files.write(folder .. "/empty", ""))
    files.refuses("io", "No such file", core.read_idx, folder .. "/nothing")
    files.refuses("io", "this is a folder", core.read_idx, folder)
    files.refuses("invalid", "path wants a string, got 3", core.read_idx, 3)
  end)

  it("of f64 that the float build cannot hold are refused", function()
    if ae.real == "f64" then return end
    files.refuses("format", "does not fit f32", core.read_idx, idx(0x0E, { 1 }, string.pack(">d", 1e300)))
    assert.equal(math.huge, core.read_idx(idx(0x0E, { 1 }, string.pack(">d", math.huge))):item())
  end)
end)
