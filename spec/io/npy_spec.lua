local ae = require "aelua"
local core = require "aelua.core"
local files = require "spec.support.files"

describe("NPY files", function()
  local folder
  setup(function() folder = files.folder() end)
  teardown(function() files.remove(folder) end)

  local function grid(fn)
    local t = {}
    for i = 0, 1 do
      t[i + 1] = {}
      for j = 0, 2 do
        t[i + 1][j + 1] = {}
        for k = 0, 3 do t[i + 1][j + 1][k + 1] = fn(12 * i + 4 * j + k) end
      end
    end
    return t
  end

  local function header(text, version)
    local size = version == 2 and string.pack("<I4", #text) or string.pack("<I2", #text)
    return "\x93NUMPY" .. string.char(version or 1, 0) .. size .. text
  end

  it("of NumPy are read: types, byte orders, Fortran order, versions", function()
    local cases = {
      { "c_f4", ae.real, function(i) return i / 8 end }, { "fortran_f8", ae.real, function(i) return i / 8 end },
      { "fortran_u1", "u8", function(i) return i end }, { "big_f4", ae.real, function(i) return i / 8 end },
      { "i8", "i32", function(i) return i - 12 end }, { "i2", "i32", function(i) return i - 12 end },
      { "b1", "u8", function(i) return i % 2 end }, { "version3", "i32", function(i) return i end },
    }
    for _, case in ipairs(cases) do
      local t = core.read_npy(files.fixtures .. case[1] .. ".npy")
      assert.equal(case[2], t.dtype, case[1])
      files.same(grid(case[3]), t)
    end
    assert.equal(2.5, core.read_npy(files.fixtures .. "number.npy"):item())
    assert.same({ 0, 3 }, core.read_npy(files.fixtures .. "empty.npy").shape)
  end)

  it("come back as they were written, byte for byte what NumPy writes", function()
    local path = folder .. "/x.npy"
    for _, name in ipairs { "version3", "c_f4", "empty", "number" } do
      local t = core.read_npy(files.fixtures .. name .. ".npy")
      core.write_npy(path, t)
      local back = core.read_npy(path)
      assert.equal(t.dtype, back.dtype)
      assert.same(t.shape, back.shape)
      files.same(t, back)
    end
    if ae.real == "f32" then
      core.write_npy(path, core.read_npy(files.fixtures .. "c_f4.npy"))
      assert.equal(files.read(files.fixtures .. "c_f4.npy"), files.read(path))
    end
    core.write_npy(path, ae.zeros({ 1, 1, 1, 1, 1, 1, 1, 3 }, { dtype = "u8" }))
    assert.same({ 1, 1, 1, 1, 1, 1, 1, 3 }, core.read_npy(path).shape)
  end)

  it("with headers that are wrong are refused", function()
    local cases = {
      { "unsupported", "got '<c16'", files.read(files.fixtures .. "complex.npy") },
      { "format", "1099511627776 does not fit i32", files.read(files.fixtures .. "wide_i8.npy") },
      { "format", "not an NPY file", "\x93NUMPX\1\0" .. ("x"):rep(20) },
      { "unsupported", "version 9", "\x93NUMPY\9\0" .. ("x"):rep(20) },
      { "format", "lacks 'shape'", header("{'descr': '<f4', 'fortran_order': False}") },
      { "format", "'descr' once too often", header("{'descr': '<f4', 'descr': '<f4'}") },
      { "format", "'more' once too often", header("{'more': 3}") },
      { "format", "True or False", header("{'descr': '<f4', 'fortran_order': 0, 'shape': (3,)}") },
      { "format", "sizes", header("{'descr': '<f4', 'fortran_order': False, 'shape': (-3,)}") },
      { "overflow", "overflows", header("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}") },
      { "overflow", "read_npy", header("{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999, 9999999999)}") },
      { "format", "too short", header("{'descr': '<f4', 'fortran_order': False, 'shape': (9999999,)}") },
      { "unsupported", "more than 8", header("{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1)}") },
      { "unsupported", "structured", header("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}") },
      { "format", "goes on", header("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x") },
      { "format", "a bool is 7", header("{'descr': '|b1', 'fortran_order': False, 'shape': (1,)}") .. "\7" },
      { "format", "more bytes follow", header("{'descr': '|u1', 'fortran_order': False, 'shape': (1,)}") .. "\7\7" },
      { "format", "too long", "\x93NUMPY\2\0\255\255\255\255" },
    }
    for _, case in ipairs(cases) do
      files.refuses(case[1], { "read_npy", case[2] }, core.read_npy, files.write(folder .. "/bad.npy", case[3]))
    end
  end)
end)
