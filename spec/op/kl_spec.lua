local loss = require "spec.support.loss"
local op = require "spec.support.op"

describe("kl", function()
  op.values("kl", {
    { { { 0.5, 0.5 }, { 0.25, 0.75 } }, { { 0.5, 0.5 }, { 1, 0 } }, attrs = { reduction = "none" },
      gives = { 0, math.log(4) } },
    { { { 0, 1 } }, { { 0.5, 0.5 } }, gives = 0.5 * math.log(0.5 / 1e-7) + 0.5 * math.log(0.5), rtol = 1e-5,
      name = "0 where something was wanted" },
  })
  loss.all("kl", { low = 0.05, high = 0.95, rows = true })
  op.refuses("kl", { { { 1 }, { 1 }, attrs = { epsilon = 0 }, code = "invalid", says = "kl: epsilon must be between" } })
end)
