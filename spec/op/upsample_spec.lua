local ae = require "aelua"
local channels = require "spec.support.channels"
local op = require "spec.support.op"

describe("upsample", function()
  local x = { { { { 1 }, { 3 } } } } -- [1,1,2,1]
  op.values("upsample", {
    { x, attrs = { factor = 2 }, gives = { { { { 1 }, { 1 }, { 3 }, { 3 } }, { { 1 }, { 1 }, { 3 }, { 3 } } } } },
    { x, attrs = { factor = { 1, 2 }, mode = "bilinear" }, gives = { { { { 1 }, { 1.5 }, { 2.5 }, { 3 } } } },
      name = "half-pixel centres" },
    { x, attrs = { factor = { 1, 2 }, mode = "bilinear", align_corners = true },
      gives = { { { { 1 }, { 5 / 3 }, { 7 / 3 }, { 3 } } } }, rtol = 1e-6 },
    { { { { 1 }, { 4 } } }, attrs = { factor = 3 }, gives = { { { 1 }, { 1 }, { 1 }, { 4 }, { 4 }, { 4 } } } },
    { { { { 1 }, { 4 } } }, attrs = { factor = 3, mode = "bilinear" }, rtol = 1e-6,
      gives = { { { 1 }, { 1 }, { 2 }, { 3 }, { 4 }, { 4 } } } },
  })
  op.fixtures("upsample", "pictures", { rtol = op.is_double and 1e-9 or 1e-5, atol = op.is_double and 1e-10 or 2e-6 })
  for _, attrs in ipairs {
    { factor = 2 }, { factor = { 3, 1 } }, { factor = { 2, 3 }, mode = "bilinear" },
    { factor = { 3, 2 }, mode = "bilinear", align_corners = true }, { factor = 1, mode = "bilinear" },
  } do
    op.random("upsample", { ulps = 16 }, {
      { { 2, 3, 4, 2 }, attrs = attrs }, { { 1, 1, 1, 1 }, attrs = attrs }, { { 0, 2, 2, 1 }, attrs = attrs },
      { { 1, 0, 2, 1 }, attrs = attrs }, { { 1, 2, 0, 1 }, attrs = attrs }, { { 1, 2, 3, 0 }, attrs = attrs },
      { { 1, 5, 1, 3 }, attrs = attrs }, { { 7, 14, 15, 33 }, attrs = attrs, large = true },
    })
  end
  op.random("upsample", { ulps = 16 }, {
    { { 2, 5, 3 }, attrs = { factor = 3 } }, { { 2, 5, 3 }, attrs = { factor = 2, mode = "bilinear" } },
    { { 2, 5, 3 }, attrs = { factor = 4, mode = "bilinear", align_corners = true } },
  })
  for _, attrs in ipairs {
    { factor = 2 }, { factor = { 3, 1 } }, { factor = { 2, 3 }, mode = "bilinear" },
    { factor = 2, mode = "bilinear", align_corners = true },
  } do
    channels.each_as_alone("upsample", { 2, 3, 4 }, attrs, not op.is_double and { rtol = 1e-5, atol = 1e-5 } or nil)
  end
  channels.each_as_alone("upsample", { 2, 5 }, { factor = 2 })
  op.refuses("upsample", {
    { { { 1, 2 } }, attrs = { factor = 2 }, code = "shape",
      says = "upsample: x wants 3 dimensions [N,T,C] or 4 [N,H,W,C], got [1, 2]" },
    { x, code = "invalid", says = { "upsample", "factor" } },
    { x, attrs = { factor = {} }, code = "invalid", says = "upsample: factor wants a number, got none" },
    { x, attrs = { factor = 0 }, code = "invalid", says = "upsample: factor wants 1 to 2147483647, got 0" },
    { x, attrs = { factor = { 1, 2, 3 } }, code = "invalid", says = "upsample: factor wants 1 number or 2, got 3" },
    { x, attrs = { factor = 2, align_corners = true }, code = "invalid", says = "align_corners wants the mode" },
    { x, attrs = { factor = 2, mode = "cubic" }, code = "invalid", says = "bilinear" },
    { ae.zeros(2147483648, 1024, 4, 0), attrs = { factor = 2147483647 }, code = "overflow", says = "upsample" },
    { op.u8 { { { { 1 } } } }, attrs = { factor = 2 }, code = "type", says = "upsample: x wants f" },
  })
end)
