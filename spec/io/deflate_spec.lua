require "aelua"
local core = require "aelua.core"
local files = require "spec.support.files"

local cap = 1 << 30

-- Bytes that deflate cannot make smaller.
local function noise(n)
  local list, state = {}, 1
  for i = 1, n do
    state = state * 48271 % 2147483647
    list[i] = string.char(state >> 8 & 255)
  end
  return table.concat(list)
end

describe("deflated bytes", function()
  it("come back, whatever they are and at every level", function()
    local all = {}
    for i = 0, 255 do all[i + 1] = string.char(i) end
    for _, text in ipairs { "", "a", table.concat(all), ("abc"):rep(100000), noise(70000) } do
      for _, level in ipairs { 0, 1, 9 } do
        assert.is_true(core.inflate(core.deflate(text, level), cap) == text, #text .. " bytes at level " .. level)
      end
    end
    assert.is_true(#core.deflate(("abc"):rep(1000), 9) < 60)
  end)

  it("are those of zlib", function()
    -- zlib.compress(b"hello, hello, hello, hello", 9) in Python
    local from_python = "\x78\xda\xcb\x48\xcd\xc9\xc9\xd7\x51\xc8\xc0\xa4\x00\x7c\x16\x09\x35"
    assert.equal("hello, hello, hello, hello", core.inflate(from_python, cap))
    assert.equal(from_python, core.deflate("hello, hello, hello, hello", 9))
  end)

  it("that are cut short at any place, or changed, are refused", function()
    local text = noise(300) .. ("x"):rep(300)
    local whole = core.deflate(text, 6)
    for length = 0, #whole - 1 do
      files.refuses("format", "io.inflate: the bytes are cut short", core.inflate, whole:sub(1, length), cap)
    end
    local refused = 0
    for at = 1, #whole do
      local changed = whole:sub(1, at - 1) .. string.char(whole:byte(at) ~ 16) .. whole:sub(at + 1)
      local ok, result = pcall(core.inflate, changed, cap)
      -- Not every bit makes a difference: padding, another distance within a run.
      assert.is_true(ok and result == text or not ok and result.code == "format", "byte " .. at)
      if not ok then refused = refused + 1 end
    end
    assert.is_true(refused >= #whole - 2, refused .. " of " .. #whole)
    files.refuses("format", "more bytes follow", core.inflate, whole .. "x", cap)
    files.refuses("format", "were not deflated", core.inflate, text, cap)
  end)

  it("that stand for more than is taken are refused before they are made", function()
    local bomb = core.deflate(("\0"):rep(50000000), 9)
    local before = core.memory().peak
    files.refuses("unsupported", "io.inflate: holds more than the 100000 bytes that are taken at most", core.inflate,
      bomb, 100000)
    assert.is_true(core.memory().peak - before < 2000000)
    local small = core.deflate(("a"):rep(1000), 6)
    assert.equal(1000, #core.inflate(small, 1000))
    files.refuses("unsupported", "more than the 999 bytes", core.inflate, small, 999)
    files.refuses("unsupported", "more than the 0 bytes", core.inflate, small, 0)
    assert.equal("", core.inflate(core.deflate("", 6), 0))
  end)
end)
