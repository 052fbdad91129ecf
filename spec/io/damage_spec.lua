-- Damaged files: cut at every byte, every bit turned (of large files one bit of each byte), marks put in everywhere.
-- Whatever comes, it is a value or an error of ours, and no memory stays behind. What a sanitizer would say of it, it
-- says in the sanitized build.
local ae = require "aelua"
local core = require "aelua.core"
local files = require "spec.support.files"

-- Errors that damage may lead to. "memory": a header that claims more than there is room for.
local expected = { format = true, unsupported = true, overflow = true, memory = true }

describe("damaged", function()
  local folder, path
  setup(function()
    folder = files.folder()
    path = folder .. "/x"
  end)
  teardown(function() files.remove(folder) end)

  local function idx()
    return "\0\0\11\2" .. string.pack(">I4>I4", 3, 2) .. ("\1\2"):rep(6)
  end

  local function written(write, ...)
    write(path, ...)
    return files.read(path)
  end

  local function try(read, bytes)
    files.write(path, bytes)
    local ok, failure = pcall(read, path)
    if ok then return true end
    assert(type(failure) == "table" and expected[failure.code], tostring(failure))
    return false
  end

  local function live()
    collectgarbage()
    collectgarbage()
    return core.memory().live
  end

  -- Every one of `extra`'s bytes put in at every place.
  local function insert(read, bytes, extra)
    for i = 0, #bytes do
      for byte in extra:gmatch(".") do try(read, bytes:sub(1, i) .. byte .. bytes:sub(i + 1)) end
    end
  end

  -- `may_be_shorter`: a prefix can be whole (a table's rows, a picture whose last bytes carry nothing).
  local function damage(read, bytes, may_be_shorter, extra)
    assert(try(read, bytes), "the whole file is read")
    local before = live()
    for length = 0, #bytes - 1 do
      local read_it = try(read, bytes:sub(1, length))
      assert(may_be_shorter or not read_it, "was read though cut to " .. length)
    end
    for i = 1, #bytes do
      local first, last = 0, 7
      if #bytes > 200 then first, last = i % 8, i % 8 end
      for bit = first, last do
        try(read, bytes:sub(1, i - 1) .. string.char(bytes:byte(i) ~ (1 << bit)) .. bytes:sub(i + 1))
      end
    end
    insert(read, bytes, extra or "")
    assert.equal(before, live())
  end

  it("IDX files", function() damage(core.read_idx, idx()) end)

  it("gzipped IDX files", function()
    local whole = files.read(files.fixtures .. "members.idx.gz")
    damage(core.read_idx, whole, true)
  end)

  it("NPY files", function() damage(core.read_npy, files.read(files.fixtures .. "fortran_u1.npy")) end)

  it("safetensors files", function()
    damage(core.read_safetensors, written(core.write_safetensors,
      { a = ae.tensor { 1, 2 }, b = ae.tensor({ { 3 } }, { dtype = "u8" }) }, { about = "x" }))
  end)

  it("tables", function()
    damage(core.read_table, 'height,"wei""ght",label\n1.5,2,"a"\n3,-4e2,b\n', true, ",\"\n\r; #\0x1")
  end)

  it("JSON texts", function()
    damage(function(file) return core.json.decode(files.read(file)) end,
      '{"a":[1,-2.5e3,true,null],"b":{"c":"\\u00e9\\n"}}', false, "[]{},:\"\\ 0")
  end)

  it("PNG files", function()
    for _, name in ipairs { "rgb.png", "palette.png", "deep.png", "rgba.png", "interlaced.png" } do
      damage(core.read_image, files.read(files.fixtures .. name), true)
    end
  end)

  it("JPEG files", function()
    for _, name in ipairs { "baseline.jpg", "progressive.jpg", "grey.jpg" } do
      damage(core.read_image, files.read(files.fixtures .. name), true)
    end
  end)
end)
