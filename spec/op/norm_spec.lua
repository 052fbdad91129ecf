local ae = require "aelua"
local op = require "spec.support.op"
local reduction = require "spec.support.reduction"
local values = require "spec.support.values"

local function with_p(p)
  local cases = {}
  for i, case in ipairs(reduction.cases) do
    local attrs = { p = p }
    for key, value in pairs(case.attrs or {}) do attrs[key] = value end
    cases[i] = { case[1], attrs = attrs, large = case.large }
  end
  return cases
end

describe("norm", function()
  op.values("norm", {
    { { 3, -4 }, gives = 5 },
    { { 3, -4 }, attrs = { p = 1 }, gives = 7 },
    { { 3, -4 }, attrs = { p = math.huge }, gives = 4 },
    { { { 3, -4 }, { 0, 0 } }, attrs = { dims = 2 }, gives = { 5, 0 } },
    { { 3e30, 4e30 }, gives = 5e30, rtol = 1e-6, name = "squares past the largest float" },
    { { 3e-30, 4e-30 }, gives = 5e-30, rtol = 1e-6, name = "squares under the smallest float" },
    { values.shaped({}, { 0 }), gives = 0, name = "nothing" },
    { values.shaped({}, { 0 }), attrs = { p = math.huge }, gives = 0 },
  })
  op.fixtures("norm", "reductions")
  op.random("norm", {}, reduction.cases)
  op.random("norm", { avoid = { 0 } }, with_p(1))
  -- No two magnitudes are close.
  op.random("norm", { spread = true, low = 1, high = 40, gradcheck = { eps = op.is_double and 1e-6 or 1e-3 } },
    with_p(math.huge))
  op.refuses("norm", reduction.refusals("norm"))
  op.refuses("norm", {
    { { 1, 2 }, attrs = { p = 3 }, code = "invalid", says = { "norm: p wants 1, 2 or math.huge", "got 3" } },
    { { 1, 2 }, attrs = { p = 0 / 0 }, code = "invalid", says = "norm: p" },
    { op.i32 { 1, 2 }, code = "type", says = "norm: x wants f" },
  })

  it("has the gradient 0 at 0, and shares it among the largest", function()
    local function gradient(numbers, p)
      local x = ae.tensor(numbers)
      x:require_grad(true)
      x:norm { p = p }:backward()
      return values.flat(x.grad)
    end
    assert.are.same({ 0, 0 }, gradient({ 0, 0 }, 2))
    assert.are.same({ 0, 1 }, gradient({ 0, 3 }, 1))
    assert.are.same({ 0.5, -0.5, 0 }, gradient({ 2, -2, 1 }, math.huge))
    assert.are.same({ 0, 0 }, gradient({ 0, 0 }, math.huge))
  end)
end)
