local op = require "spec.support.op"
local core = require "aelua.core"
local values = require "spec.support.values"

describe("sgd_step", function()
  op.values("sgd_step", {
    { { 1, 2, 3 }, { 10, -20, 0 }, attrs = { lr = 0.1 }, gives = { 0, 4, 3 } },
    { { 1, 2 }, { 10, -20 }, attrs = { lr = 0.1, clip = 5, scale = 0.5, penalty = 0.25 },
      gives = { 1 - 0.1 * (2.5 + 0.25), 2 - 0.1 * (-2.5 + 0.5) }, name = "clipped, scaled, with a penalty" },
    { { 1 }, { 2 }, { 10 }, attrs = { lr = 0.1, momentum = 0.5, fresh = 0.25 }, gives = { 1 - 0.1 * (5 + 0.5) } },
    { { 1 }, { 2 }, { 10 }, attrs = { lr = 0.1, momentum = 0.5, nesterov = true }, gives = { 1 - 0.1 * (2 + 0.5 * 7) } },
    { { { 1, 2 }, { 3, 4 } }, { { 1, 1 }, { 1, 1 } }, attrs = { lr = 1 }, gives = { { 0, 1 }, { 2, 3 } } },
    { {}, {}, attrs = { lr = 1 }, gives = {} },
  })
  op.random("sgd_step", { gradient = false }, {
    { { 100 }, { 100 }, attrs = { lr = 0.1, penalty = 0.01 } },
    { { 33, 3 }, { 33, 3 }, { 33, 3 }, attrs = { lr = 0.1, momentum = 0.9, nesterov = true, clip = 1 } },
  })
  op.refuses("sgd_step", {
    { { 1, 2 }, { 1 }, attrs = { lr = 1 }, code = "shape", says = "sgd_step: g wants w's shape [2], got [1]" },
    { { 1, 2 }, { 1, 2 }, code = "invalid", says = "lr" },
    { { 1 }, op.u8 { 1 }, attrs = { lr = 1 }, code = "type", says = "sgd_step: g wants" },
  })
  it("changes w and u, and no gradient is recorded", function()
    local w, g, u = values.shaped({ 1 }, { 1 }), values.shaped({ 2 }, { 1 }), values.shaped({ 3 }, { 1 })
    local result = core.ops.sgd_step(w, g, u, 0.5, 1)
    assert.is_true(result == w)
    assert.same({ 1 - 0.5 * 5, 2, 5 }, { w[1]:item(), g[1]:item(), u[1]:item() })
    assert.is_false(w.requires_grad)
  end)
  it("is noticed by a graph that saved w", function()
    local w = values.shaped({ 1 }, { 1 }):require_grad()
    local loss = (w * w):sum()
    core.no_grad(core.ops.sgd_step, w, values.shaped({ 2 }, { 1 }), nil, 0.5)
    local ok, err = pcall(loss.backward, loss)
    assert.is_false(ok)
    assert.matches("changed in place", tostring(err))
  end)
  it("keeps no velocity that is smaller than the smallest normal number", function()
    local u = values.shaped({ values.least, -4 * values.least }, { 2 })
    core.ops.sgd_step(core.ops.ones { 2 }, core.ops.zeros { 2 }, u, 0.1, 0.5)
    u = u:totable()
    assert.equal(0, u[1])
    assert.near(1, u[2] / (-2 * values.least), 1e-6)
  end)
end)
