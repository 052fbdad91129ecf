local ae = require "aelua"
local core = require "aelua.core"
local loss = require "spec.support.loss"
local op = require "spec.support.op"

describe("continuous_bernoulli", function()
  op.values("continuous_bernoulli", {
    { { 0, 0 }, { 1, 0.3 }, gives = 0, name = "the uniform density" },
    { { 200, -200 }, { 1, 0 }, attrs = { reduction = "none" }, gives = { -math.log(200), -math.log(200) },
      name = "logits past what exp holds" },
    { { 0.5, -0.5 }, { 1, 1 }, attrs = { reduction = "none" }, -- where the series ends
      gives = { 0.474076984180107 - 0.71368193318735, 0.974076984180107 - 0.71368193318735 }, rtol = 1e-6 },
  })
  loss.all("continuous_bernoulli", {})

  it("is a density of the target: its integral over 0 to 1 is 1", function()
    local t = (ae.arange(0, 2000) + 0.5) / 2000
    for _, z in ipairs { -9, -0.51, -0.49, -1e-3, 0, 0.2, 0.5, 3, 30 } do
      local l = core.ops.continuous_bernoulli(ae.full({ 2000 }, z), t, { reduction = "none" })
      assert.near(1, (-l):exp():mean():item(), 1e-4)
    end
  end)
end)
