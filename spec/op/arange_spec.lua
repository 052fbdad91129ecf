local op = require "spec.support.op"

describe("arange", function()
  op.values("arange", {
    { attrs = { start = 4 }, gives = { 0, 1, 2, 3 }, name = "stop alone" },
    { attrs = { start = 1, stop = 4 }, gives = { 1, 2, 3 } },
    { attrs = { start = 0, stop = 1, step = 0.25 }, gives = { 0, 0.25, 0.5, 0.75 } },
    { attrs = { start = 3, stop = 0, step = -1 }, gives = { 3, 2, 1 } },
    { attrs = { start = 3, stop = 0 }, gives = {}, name = "nothing" },
    { attrs = { start = 0, stop = 255, step = 254, dtype = "u8" }, gives = { 0, 254 }, dtype = "u8" },
    { attrs = { start = -2, stop = 1, dtype = "i32" }, gives = { -2, -1, 0 }, dtype = "i32" },
  })
  op.covers("arange", "compared", "it has no inputs")
  op.refuses("arange", {
    { code = "invalid", says = { "arange", "start" } },
    { attrs = { start = 0, stop = 1, step = 0 }, code = "invalid",
      says = "arange: wants finite numbers and a step other than 0" },
    { attrs = { start = 0, stop = math.huge }, code = "invalid", says = "arange: wants finite numbers" },
    { attrs = { start = 0, stop = 257, dtype = "u8" }, code = "invalid", says = { "arange: the last number", "256" } },
    { attrs = { start = 0, stop = 2, step = 0.5, dtype = "i32" }, code = "invalid",
      says = "arange: wants a whole step for i32, got 0.5" },
    { attrs = { start = 0.5, stop = 2, dtype = "i32" }, code = "invalid", says = "arange: start" },
    { attrs = { start = 0, stop = 1e30 }, code = "overflow", says = "arange" },
  })
end)

describe("linspace", function()
  op.values("linspace", {
    { attrs = { start = 0, stop = 1, count = 5 }, gives = { 0, 0.25, 0.5, 0.75, 1 } },
    { attrs = { start = 2, stop = -1, count = 2 }, gives = { 2, -1 } },
    { attrs = { start = 2, stop = 3, count = 1 }, gives = { 2 } },
    { attrs = { start = 2, stop = 3, count = 0 }, gives = {} },
    { attrs = { start = 0, stop = 0.7, count = 8 }, gives = { 0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7 } },
  })
  op.covers("linspace", "compared", "it has no inputs")
  op.refuses("linspace", {
    { attrs = { start = 0, stop = 1, count = -1 }, code = "shape", says = "linspace" },
    { attrs = { start = 0, stop = 1 }, code = "invalid", says = { "linspace", "count" } },
  })
end)
