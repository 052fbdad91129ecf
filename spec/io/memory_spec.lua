-- Files read and written with too little memory: whatever the budget, it is the whole result or an error, and nothing
-- stays behind.
local ae = require "aelua"
local core = require "aelua.core"
local files = require "spec.support.files"

describe("with a budget", function()
  local folder, path
  setup(function()
    folder = files.folder()
    path = folder .. "/x"
  end)
  teardown(function()
    ae.budget(0)
    files.remove(folder)
  end)

  local function live()
    collectgarbage()
    collectgarbage()
    return core.memory().live
  end

  -- The error's code, or nil; the error itself is garbage then.
  local function try(fn, ...)
    local ok, failure = pcall(fn, ...)
    return not ok and (type(failure) == "table" and failure.code or tostring(failure)) or nil
  end

  -- Calls fn under budgets that grow until it succeeds; returns how often it did not.
  local function press(fn, ...)
    fn(...)
    local before, refused, room = live(), 0, 0
    while true do
      ae.budget(before + room)
      local code = try(fn, ...)
      ae.budget(0)
      if core.memory().live ~= before then assert.equal(before, live()) end -- a collection only where there is garbage
      if not code then return refused end
      assert.equal("memory", code)
      refused, room = refused + 1, room + math.max(64, room // 8)
    end
  end

  it("IDX, NPY and safetensors are read", function()
    files.write(path, "\0\0\8\2" .. string.pack(">I4>I4", 100, 100) .. ("x"):rep(10000))
    assert.is_true(press(core.read_idx, path) > 5)
    press(core.read_idx, files.fixtures .. "members.idx.gz")
    press(core.read_npy, files.fixtures .. "fortran_f8.npy")
    core.write_safetensors(path, { a = ae.tensor { 1, 2 }, b = ae.tensor { { 3 } } }, { about = "x" })
    press(core.read_safetensors, path)
    press(core.read_file, path)
  end)

  it("bytes are deflated and inflated", function()
    local text = ("abc"):rep(40000)
    local small = core.deflate(text, 9)
    assert.is_true(press(core.deflate, text, 9) > 5)
    assert.is_true(press(core.inflate, small, 1 << 20) > 5)
    press(core.bytes_tensor, text, { 40000, 3 }, "u8")
  end)

  it("tables are read", function()
    local lines = {}
    for i = 1, 300 do lines[i] = ("%d,%d.5,class %d"):format(i, i, i % 40) end
    files.write(path, "a,b,label\n" .. table.concat(lines, "\n"))
    assert.is_true(press(core.read_table, path) > 5)
  end)

  it("pictures are read", function()
    for _, name in ipairs { "rgb.png", "palette.png", "deep.png", "baseline.jpg", "progressive.jpg" } do
      assert.is_true(press(core.read_image, files.fixtures .. name) > 5)
      assert.is_true(press(core.decode_image, files.read(files.fixtures .. name), 1, "f32") > 5)
    end
  end)

  it("files are written", function()
    local t = ae.tensor { { 1, 2 }, { 3, 4 } }
    local picture = ae.tensor({ { 1, 2 }, { 3, 4 } }, { dtype = "u8" })
    press(core.write_npy, path, t)
    press(core.write_safetensors, path, { a = t, b = t }, { about = "x" })
    press(core.write_image, path, picture, "png")
    assert.is_true(press(core.write_image, path, t, "png") > 5)
    assert.is_true(press(core.encode_image, picture, "jpeg") > 2)
    press(core.write_file, path, "text")
    assert.same({ "x" }, files.list(folder))
  end)
end)
