require "aelua"
local core = require "aelua.core"
local files = require "spec.support.files"
local lfs = require "lfs"

describe("files", function()
  local folder
  before_each(function() folder = files.folder() end)
  after_each(function() files.remove(folder) end)

  it("are told by their first bytes", function()
    local function kind(bytes) return core.file_kind(files.write(folder .. "/x", bytes)) end
    assert.equal("missing", core.file_kind(folder .. "/nothing"))
    assert.equal("missing", core.file_kind(files.write(folder .. "/file", "x") .. "/below"))
    assert.equal("folder", core.file_kind(folder))
    assert.equal("empty", kind "")
    assert.equal("idx", kind "\0\0\8\1\0\0\0\0")
    assert.equal("idx", core.file_kind(files.fixtures .. "members.idx.gz"))
    assert.equal("npy", core.file_kind(files.fixtures .. "c_f4.npy"))
    assert.equal("png", core.file_kind(files.fixtures .. "rgb.png"))
    assert.equal("jpeg", core.file_kind(files.fixtures .. "grey.jpg"))
    assert.equal("safetensors", kind("\2\0\0\0\0\0\0\0{}"))
    assert.equal("text", kind "1,2\n\xc3\xa9,4\n")
    assert.equal("unknown", kind "\1\2\3")
  end)

  it("are read whole, gzip undone, up to a cap", function()
    assert.equal("a\0b", core.read_file(files.write(folder .. "/x", "a\0b")))
    assert.equal("", core.read_file(files.write(folder .. "/x", "")))
    assert.equal(4000000, #core.read_file(files.fixtures .. "bomb.txt.gz"))
    files.refuses("unsupported", "more than the 1000000 bytes", core.read_file, files.fixtures .. "bomb.txt.gz", 1000000)
    files.refuses("unsupported", "larger than the 2 bytes", core.read_file, files.write(folder .. "/x", "abc"), 2)
    files.refuses("io", "regular file", core.read_file, "/dev/null")
  end)

  it("in gzip are checked to their last byte", function()
    local whole = files.read(files.fixtures .. "members.idx.gz")
    for length = 2, #whole - 1 do
      if length ~= 25 then -- where the first member ends
        local ok = pcall(core.read_file, files.write(folder .. "/x.gz", whole:sub(1, length)))
        assert.is_false(ok, "cut to " .. length)
      end
    end
    local wrong_sum = whole:sub(1, -8) .. string.char(whole:byte(-7) ~ 1) .. whole:sub(-6)
    files.refuses("format", "damaged", core.read_file, files.write(folder .. "/x.gz", wrong_sum))
    files.refuses("format", "damaged", core.read_file, files.write(folder .. "/x.gz", whole .. "tail"))
  end)

  it("are listed in byte order, without hidden ones", function()
    for _, name in ipairs { "b", "a", ".hidden", "C" } do files.write(folder .. "/" .. name, "") end
    assert.same({ "C", "a", "b" }, core.list_folder(folder))
    files.refuses("io", "list_folder", core.list_folder, folder .. "/nothing")
  end)

  it("are there as a whole or not at all", function()
    local path = folder .. "/x"
    core.write_file(path, "old")
    core.write_file(path, ("new"):rep(100000))
    assert.equal(300000, #files.read(path))
    assert.same({ "x" }, files.list(folder))
    files.refuses("io", "its folder does not exist", core.write_file, folder .. "/no/x", "text")
    -- A folder that is there and takes no new files.
    files.refuses("io", "/proc/x: cannot be written: No such file or directory", core.write_file, "/proc/x", "text")
    files.refuses("io", "this is a folder", core.write_file, folder, "text")
    files.refuses("io", "regular file", core.write_file, "/dev/null", "text")
    files.refuses("io", "empty", core.write_file, "", "text")
    files.refuses("invalid", "wants a string to write", core.write_file, path, {})
  end)

  it("keep their permissions and the link that leads to them", function()
    local path, link = folder .. "/x", folder .. "/link"
    files.write(path, "old")
    assert(os.execute("chmod 640 '" .. path .. "'"))
    assert(lfs.link("x", link, true))
    core.write_file(link, "new")
    assert.equal("new", files.read(path))
    assert.equal("rw-r-----", lfs.attributes(path, "permissions"))
    assert.equal("link", lfs.symlinkattributes(link, "mode"))
  end)

  it("can be asked whether they could be written, without a trace", function()
    core.check_writable(folder .. "/x")
    files.write(folder .. "/y", "kept")
    core.check_writable(folder .. "/y")
    assert.same({ "y" }, files.list(folder))
    assert.equal("kept", files.read(folder .. "/y"))
    files.refuses("io", "check_writable", core.check_writable, folder .. "/no/x")
    files.refuses("io", "this is a folder", core.check_writable, folder)
  end)

  it("that cannot be finished leave nothing behind", function()
    if not lfs.attributes("/dev/full") then return end
    local ok = os.execute("(ulimit -f 8; trap '' XFSZ; exec '" .. arg[-1] .. "' -e 'require \"aelua\"; "
      .. "local core = require \"aelua.core\"; os.exit(not pcall(core.write_file, \"" .. folder
      .. "/x\", (\"x\"):rep(100000)))') 2>/dev/null")
    assert.is_true(ok)
    assert.same({}, files.list(folder))
  end)
end)
