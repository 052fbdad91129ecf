local ae = require "aelua"
local op = require "spec.support.op"

local inf, nan = math.huge, 0 / 0

describe("cast", function()
  op.values("cast", {
    { op.u8 { { 0, 255 } }, "f32", gives = { { 0, 255 } } },
    { op.i32 { -5, 16777217 }, "f32", gives = { -5, op.is_double and 16777217 or 16777216 } },
    { { 1.9, -1.9, 2147483520, -2147483648 }, "i32", gives = { 1, -1, 2147483520, -2147483648 }, dtype = "i32" },
    { { 0, 255.99, -0.99, 3.5 }, "u8", gives = { 0, 255, 0, 3 }, dtype = "u8" },
    { op.i32 { 0, 255 }, "u8", gives = { 0, 255 }, dtype = "u8" },
    { op.u8 { 0, 255 }, "i32", gives = { 0, 255 }, dtype = "i32" },
    { op.u8 { 1, 2 }, "u8", gives = { 1, 2 }, dtype = "u8" },
    { { 0.1 }, "f32", gives = { 0.1 } },
  })
  op.random("cast", { ulps = 0 }, {
    { { 3, 4 }, attrs = { dtype = "f32" } }, { { 1 }, attrs = { dtype = "f32" } }, { {}, attrs = { dtype = "f32" } },
    { { 0, 2 }, attrs = { dtype = "f32" } },
  })
  op.random("cast", { gradient = false, low = 0, high = 255 }, {
    { { 40, 1000 }, attrs = { dtype = "u8" } }, { { 67 }, attrs = { dtype = "i32" } },
    { { 67, dtype = "i32" }, attrs = { dtype = "u8" } }, { { 67, dtype = "u8" }, attrs = { dtype = "f32" } },
  })
  op.refuses("cast", {
    { { 0, 256 }, "u8", code = "invalid", says = "cast: u8 holds 0 to 255, element 2 is 256" },
    { { 0, 1, -1 }, "u8", code = "invalid", says = "cast: u8 holds 0 to 255, element 3 is -1" },
    { { nan }, "i32", code = "invalid", says = "cast: i32 holds -2147483648 to 2147483647, element 1 is" },
    { { -inf }, "i32", code = "invalid", says = "element 1 is -inf" },
    { { 2147483648 }, "i32", code = "invalid", says = "element 1 is 2.14748365e+09" },
    { op.i32 { 256 }, "u8", code = "invalid", says = "cast: u8 holds 0 to 255, element 1 is 256" },
    { { 1 }, "bf16", code = "invalid", says = { "dtype", "f32", "u8", "i32" } },
    { { 1 }, code = "invalid", says = "cast: wants dtype" },
  })

  it("is a copy, and t:to(dtype) where the type changes", function()
    local x = ae.tensor { 1, 2 }
    x:cast("f32"):fill_(7)
    assert.same({ 1, 2 }, x:totable())
    assert.same("u8", x:to("u8").dtype)
  end)

  it("names the first element out of range, whatever the threads", function()
    local x = ae.zeros { 300000 }
    x[200000], x[299999] = 300, 400
    local fine, err = pcall(function() return x:to("u8") end)
    assert.is_false(fine)
    assert.truthy(err.message:find("element 200000 is 300", 1, true))
  end)
end)
