local ae = require "aelua"
local op = require "spec.support.op"

describe("resize", function()
  local x = { { { { 0 }, { 4 } } } } -- [1,1,2,1]
  op.values("resize", {
    { x, attrs = { size = { 1, 4 }, method = "nearest" }, gives = { { { { 0 }, { 0 }, { 4 }, { 4 } } } } },
    { x, attrs = { size = { 1, 4 } }, gives = { { { { 0 }, { 1 }, { 3 }, { 4 } } } }, name = "half-pixel centres" },
    { { { { 1 }, { 2 }, { 3 }, { 10 } } }, attrs = { size = { 1, 2 } }, rtol = 1e-6, name = "a widened triangle",
      gives = { { { (3 * 1 + 3 * 2 + 3) / 7 }, { (2 + 3 * 3 + 3 * 10) / 7 } } } },
    { { { { 1 }, { 2 }, { 3 }, { 10 } } }, attrs = { size = { 1, 2 }, antialias = false }, gives = { { { 1.5 }, { 6.5 } } } },
    { { { { 0 }, { 3 }, { 6 } } }, attrs = { size = { 1, 2 }, method = "area" }, gives = { { { 1 }, { 5 } } }, rtol = 1e-6 },
    { { { { 0 }, { 3 }, { 6 } } }, attrs = { size = { 2, 2 }, method = "nearest" },
      gives = { { { 0 }, { 6 } }, { { 0 }, { 6 } } } },
    { { { { 7 } } }, attrs = { size = 2, method = "bicubic" }, gives = { { { 7 }, { 7 } }, { { 7 }, { 7 } } } },
    { op.u8 { { { 0 }, { 255 } } }, attrs = { size = { 1, 5 }, method = "bicubic" }, dtype = "u8",
      gives = { { { 0 }, { 17 }, { 128 }, { 238 }, { 255 } } }, name = "bytes are rounded and cut off" },
  })
  for _, method in ipairs { "nearest", "bilinear", "bicubic", "area" } do
    op.values("resize", {
      { { { { 1 / 3 }, { 2 / 7 } }, { { 1e9 }, { -3 } } }, attrs = { size = { 2, 2 }, method = method },
        gives = ae.tensor { { { 1 / 3 }, { 2 / 7 } }, { { 1e9 }, { -3 } } }, name = "the same size by " .. method },
    })
  end
  op.fixtures("resize", "pictures", { rtol = op.is_double and 1e-9 or 1e-5, atol = op.is_double and 1e-10 or 2e-6 })
  op.fixtures("resize", "resize", { rtol = 1e-5, atol = 2e-6 })
  for _, method in ipairs { "nearest", "bilinear", "bicubic", "area" } do
    for _, antialias in ipairs { true, false } do
      local function attrs(height, width) return { size = { height, width }, method = method, antialias = antialias } end
      op.random("resize", { ulps = 32 }, {
        { { 2, 3, 4, 2 }, attrs = attrs(5, 3) }, { { 1, 1, 1, 1 }, attrs = attrs(3, 2) }, { { 5, 3, 4 }, attrs = attrs(2, 7) },
        { { 0, 2, 2, 1 }, attrs = attrs(3, 3) }, { { 1, 2, 3, 0 }, attrs = attrs(3, 3) }, { { 7, 9, 3 }, attrs = attrs(1, 1) },
        { { 1, 4, 6, 1 }, attrs = attrs(12, 3) }, { { 5, 30, 17, 9 }, attrs = attrs(14, 40), large = true },
      })
    end
  end

  it("gives what upsample gives for whole factors", function()
    local t = ae.randn(2, 3, 5, 2)
    local same = ae.upsample(t, { factor = { 2, 3 }, mode = "bilinear" })
    assert.near(0, (ae.resize(t, { size = { 6, 15 } }) - same):abs():max():item(), 1e-6)
    same = ae.upsample(t, { factor = { 2, 3 } })
    assert.equal(0, (ae.resize(t, { size = { 6, 15 }, method = "nearest" }) - same):abs():max():item())
  end)

  it("of bytes is that of numbers, rounded once", function()
    local bytes = (ae.rand(2, 9, 7, 3) * 255.99):floor():to("u8")
    for _, method in ipairs { "nearest", "bilinear", "bicubic", "area" } do
      local attrs = { size = { 4, 11 }, method = method }
      local wanted = (ae.resize(bytes:to(ae.real), attrs) + 0.5):clamp(0, 255):floor()
      assert.equal(0, (ae.resize(bytes, attrs):to(ae.real) - wanted):abs():max():item())
    end
  end)

  op.refuses("resize", {
    { { { 1, 2 } }, attrs = { size = 2 }, code = "shape",
      says = "resize: x wants 3 dimensions [H,W,C] or 4 [N,H,W,C], got [1, 2]" },
    { x, code = "invalid", says = { "resize", "size" } },
    { x, attrs = { size = {} }, code = "invalid", says = "resize: size wants a number or {height, width}, got none" },
    { x, attrs = { size = 0 }, code = "invalid", says = "resize: size wants 1 to 2147483647, got 0" },
    { x, attrs = { size = { 1, 2, 3 } }, code = "invalid", says = "resize: size wants 1 number or 2, got 3" },
    { x, attrs = { size = 2, method = "cubic" }, code = "invalid", says = "bicubic" },
    { ae.zeros(2, 0, 3, 1), attrs = { size = 2 }, code = "shape", says = "there is no pixel in [2, 0, 3, 1]" },
    { ae.zeros(0, 2147483648, 1, 1), attrs = { size = 2 }, code = "overflow", says = "resize: columns of 2147483648" },
    { op.i32 { { { 1 } } }, attrs = { size = 2 }, code = "type", says = "resize: x wants" },
  })
end)
