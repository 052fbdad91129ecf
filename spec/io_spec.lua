local ae = require "aelua"
local files = require "spec.support.files"
local support = require "spec.support.nn"
local values = require "spec.support.values"

describe("ae.io", function()
  it("deflates and inflates strings", function()
    local text = ("autoencoder "):rep(100)
    assert.is_true(#ae.io.deflate(text) < 60)
    assert.is_true(#ae.io.deflate(text, { level = 0 }) > #text)
    assert.equal(text, ae.io.inflate(ae.io.deflate(text)))
    files.refuses("unsupported", "more than the 1199 bytes", ae.io.inflate, ae.io.deflate(text), { cap = 1199 })
    files.refuses("type", "io.deflate: wants a string of bytes, got a tensor", ae.io.deflate, ae.ones(2))
    files.refuses("type", "io.inflate: wants a string of bytes, got 3", ae.io.inflate, 3)
    support.raises("io.deflate: level wants at most 9, got 10", ae.io.deflate, text, { level = 10 })
    support.raises("io.inflate has no option 'max'", ae.io.inflate, text, { max = 1 })
  end)

  it("makes bytes of tensors, little-endian, and tensors of bytes", function()
    assert.equal("\0\1\xff", ae.io.bytes(values.u8 { 0, 1, 255 }))
    assert.equal(string.pack("<i4i4", 5, -2), ae.io.bytes(values.i32 { 5, -2 }))
    assert.equal(string.pack("<ff", 1.5, -0.25), ae.io.bytes(ae.tensor { 1.5, -0.25 }))
    assert.equal("", ae.io.bytes(ae.zeros(0, 3)))
    for _, t in ipairs { values.u8 { { 1, 2, 3 }, { 4, 5, 255 } }, values.i32 { { 7 }, { -1 } }, ae.tensor { { 0.5, 3 } } } do
      local dtype = t.dtype == ae.real and "f32" or t.dtype
      local back = ae.io.tensor(ae.io.bytes(t), t.shape, dtype)
      assert.equal(t.dtype, back.dtype)
      values.assert_values(back, values.flat(t), t.shape)
    end
    assert.same({ 2, 0 }, ae.io.tensor("", { 2, 0 }).shape)
    local column = values.u8 { { 1, 2 }, { 3, 4 } }:transpose()
    assert.equal("\1\3\2\4", ae.io.bytes(column))
  end)

  it("refuses bytes that are not as many as the shape wants", function()
    files.refuses("type", "io.bytes: t wants a tensor, got 3", ae.io.bytes, 3)
    files.refuses("shape", "io.tensor: u8 [2, 2] wants 4 numbers of 1 bytes, got 3 bytes", ae.io.tensor, "abc", { 2, 2 })
    files.refuses("shape", "io.tensor: f32 [1] wants 1 numbers of 4 bytes, got 7 bytes", ae.io.tensor, "abcdefg", { 1 }, "f32")
    files.refuses("invalid", "io.tensor: dtype wants f32, u8 or i32, got 'u16'", ae.io.tensor, "ab", { 1 }, "u16")
    assert.is_false(pcall(ae.io.tensor, "", { 1 << 40, 1 << 40 }))
    assert.is_false(pcall(ae.io.tensor, "ab", { -2 }))
  end)

  it("reads and writes files", function()
    local folder = files.folder()
    finally(function() files.remove(folder) end)
    local path = folder .. "/x"
    ae.io.write(path, "a\0b")
    assert.equal("a\0b", ae.io.read(path))
    files.refuses("unsupported", "io.read: " .. path .. ": larger than the 2 bytes", ae.io.read, path, { cap = 2 })
    files.refuses("io", "io.write: " .. folder .. "/none/x: its folder does not exist", ae.io.write, folder .. "/none/x", "a")
    ae.io.write(folder .. "/B", "")
    ae.io.write(folder .. "/.hidden", "")
    assert.same({ "B", "x" }, ae.io.list(folder))
    files.refuses("io", "io.list: " .. folder .. "/none: No such file", ae.io.list, folder .. "/none")
  end)
end)
