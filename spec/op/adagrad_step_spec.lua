local op = require "spec.support.op"
local core = require "aelua.core"
local values = require "spec.support.values"

describe("adagrad_step", function()
  op.values("adagrad_step", {
    { { 1, 1 }, { 3, -4 }, { 16, 9 }, attrs = { lr = 0.5, eps = 0 }, gives = { 1 - 0.5 * 3 / 5, 1 + 0.5 * 4 / 5 } },
    { { 1 }, { 3 }, { 16 }, attrs = { lr = 0.5, eps = 1 }, gives = { 1 - 0.5 * 3 / 6 } },
    { { 1 }, { 0 }, { 0 }, attrs = { lr = 0.5 }, gives = { 1 }, name = "a gradient that was always 0" },
    { { 2 }, { -8 }, { 0 }, attrs = { lr = 0.1, clip = 4, scale = 0.5, penalty = 0.25, eps = 0.5 }, gives = { 2.075 } },
  })
  op.random("adagrad_step", { low = 0.5, high = 1, gradient = false }, {
    { { 100 }, { 100 }, { 100 }, attrs = { lr = 0.01 } },
    { { 7, 9 }, { 7, 9 }, { 7, 9 }, attrs = { lr = 0.01, penalty = 0.1 } },
  })
  op.refuses("adagrad_step", {
    { { 1 }, { 1 }, { 1, 2 }, attrs = { lr = 1 }, code = "shape", says = "adagrad_step: s wants w's shape [1], got [2]" },
  })
  it("changes w and s", function()
    local w, g, s = values.shaped({ 1 }, { 1 }), values.shaped({ 2 }, { 1 }), values.shaped({ 5 }, { 1 })
    core.ops.adagrad_step(w, g, s, 0.5)
    assert.equal(2, g[1]:item())
    assert.equal(9, s[1]:item())
  end)
end)
