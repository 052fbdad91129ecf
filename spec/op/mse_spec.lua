local loss = require "spec.support.loss"
local op = require "spec.support.op"

describe("mse", function()
  local p, t = { { 1, 2 }, { 3, 4 } }, { { 1, 4 }, { 0, 4 } }
  op.values("mse", {
    { p, t, gives = 13 / 4 },
    { p, t, attrs = { reduction = "sum" }, gives = 13 },
    { p, t, attrs = { reduction = "batchmean" }, gives = 6.5 },
    { p, t, attrs = { reduction = "per_sample" }, gives = { 4, 9 } },
    { p, t, attrs = { reduction = "none" }, gives = { { 0, 4 }, { 9, 0 } } },
    { p, t, { 1, 3 }, gives = (4 + 27) / 8, name = "weighted mean" },
    { p, t, { 1, 3 }, attrs = { reduction = "batchmean" }, gives = 31 / 4, name = "weighted batchmean" },
    { p, t, op.absent, { { 1, 0 }, { 1, 1 } }, gives = 3, name = "masked mean" },
    { p, t, op.absent, { 0, 1 }, attrs = { reduction = "per_sample" }, gives = { 4, 0 }, name = "a mask that broadcasts" },
    { p, t, { 1, 3 }, op.u8 { { 255, 0 }, { 1, 1 } }, gives = 27 / 7, name = "weights and a mask of bytes" },
  })
  loss.all("mse", {})
end)
