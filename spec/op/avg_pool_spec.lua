local channels = require "spec.support.channels"
local op = require "spec.support.op"
local pool = require "spec.support.pool"

describe("avg_pool", function()
  local x = { { { { 1 }, { 2 }, { 3 } }, { { 4 }, { 5 }, { 6 } }, { { 7 }, { 8 }, { 9 } } } } -- [1,3,3,1]
  op.values("avg_pool2d", {
    { x, attrs = { size = 2 }, gives = { { { { 3 } } } } },
    { x, attrs = { size = 2, padding = "same" }, gives = { { { { 3 }, { 4.5 } }, { { 7.5 }, { 9 } } } },
      name = "padding does not count" },
    { x, attrs = { size = 2, padding = "same", count_padding = true },
      gives = { { { { 3 }, { 2.25 } }, { { 3.75 }, { 2.25 } } } } },
  })
  op.values("avg_pool1d", {
    { { { { 3 }, { 1 }, { 2 } } }, attrs = { size = 2, stride = 1 }, gives = { { { 2 }, { 1.5 } } } },
    { { { { 3 }, { 1 }, { 2 } } }, attrs = { size = 2, padding = { 1, 0 } }, gives = { { { 3 }, { 1.5 } } } },
  })
  op.fixtures("avg_pool1d", "pictures")
  op.fixtures("avg_pool2d", "pictures")
  op.random("avg_pool1d", {}, pool.cases("avg_pool1d", 1, 10))
  op.random("avg_pool2d", {}, pool.cases("avg_pool2d", 2, 20))
  op.random("avg_pool2d", {}, {
    { { 0, 4, 4, 2 }, attrs = { size = 2 } }, { { 1, 4, 4, 0 }, attrs = { size = 2 } },
    { { 1, 0, 4, 2 }, attrs = { size = 2, padding = "same" } },
    { { 9, 28, 28, 33 }, attrs = { size = 3, stride = 2, padding = "same" }, large = true },
  })
  local tolerance = not op.is_double and { rtol = 1e-5, atol = 1e-6 } or nil
  channels.each_as_alone("avg_pool2d", { 2, 5, 6 }, { size = 2, padding = "same" }, tolerance)
  channels.each_as_alone("avg_pool2d", { 2, 6, 7 }, { size = 3, stride = 1, padding = 1, count_padding = true }, tolerance)
  channels.each_as_alone("avg_pool1d", { 2, 9 }, { size = 4, stride = 3, padding = "same" }, tolerance)
  op.refuses("avg_pool2d", {
    { { { 1, 2 } }, attrs = { size = 2 }, code = "shape", says = "avg_pool2d: x wants 4 dimensions [N,H,W,C], got [1, 2]" },
    { x, attrs = { size = { 2, 4 } }, code = "shape", says = "avg_pool2d: the window covers 4 columns" },
    { x, attrs = { size = 2, padding = { 0, 0, 3, 0 } }, code = "invalid", says = "avg_pool2d: padding wants less than" },
  })
  op.refuses("avg_pool1d", {
    { { { 1, 2 } }, attrs = { size = 2 }, code = "shape", says = "avg_pool1d: x wants 3 dimensions [N,T,C], got [1, 2]" },
  })
end)
