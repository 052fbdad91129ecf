--- What every loss is held to: loss.all("mse", { low =, high =, rows =, classes =, attrs = }). A spec adds the values.
local busted = require "busted"
local ae = require "aelua"
local core = require "aelua.core"
local op = require "spec.support.op"
local values = require "spec.support.values"

local M = {}

local reductions = { "mean", "sum", "batchmean", "per_sample", "none" }

local function it(name, test)
  if not op.collecting then busted.it(name, test) end
end

-- A weight for each of n samples, one of them 0.
local function weights(n)
  local list = {}
  for i = 1, n do list[i] = (i - 1) % 3 * 0.75 end
  return n > 0 and ae.tensor(list) or ae.zeros(0)
end

-- 0 for every third term.
local function mask(shape)
  local count = 1
  for _, size in ipairs(shape) do count = count * size end
  local list = {}
  for i = 1, count do list[i] = i % 3 == 0 and 0 or 1 end
  return values.shaped(list, shape, "u8")
end

local function terms(shape, rows)
  local result = { table.unpack(shape) }
  if rows then result[#result] = nil end
  return result
end

local function random_cases(name, options)
  local shapes = options.shapes or options.rows and { { 3, 4 }, { 4, 2, 5 }, { 1, 1 }, { 6 }, { 0, 3 }, { 5, 33 } }
    or { { 3, 4 }, { 4, 2, 5 }, { 1 }, {}, { 0, 2 }, { 67 } }
  local weighted = {} -- the attributes of cases with weights and a mask
  local cases = { { { 40, 1500 }, { 40, 1500 }, attrs = options.attrs, large = true } }
  local function add(shape, reduction)
    local attrs = { reduction = reduction }
    for key, value in pairs(options.attrs or {}) do attrs[key] = value end
    cases[#cases + 1] = { shape, shape, attrs = attrs }
    return attrs
  end
  for _, shape in ipairs(shapes) do
    for _, reduction in ipairs(reductions) do
      add(shape, reduction)
      if #terms(shape, options.rows) > 0 then weighted[add(shape, reduction)] = true end
    end
  end
  op.random(name, {
    low = options.low, high = options.high, avoid = options.avoid, spread = options.spread, ulps = options.ulps or 64,
    gradcheck = options.gradcheck,
    run = function(given, _, attrs)
      local p, t = given[1], given[2]
      if not weighted[attrs] then return table.pack(core.ops[name](p, t, nil, nil, attrs)) end
      return table.pack(core.ops[name](p, t, weights(#p), mask(terms(p.shape, options.rows)), attrs))
    end,
  }, cases)
end

--- Gradients, both builds, fixtures, bad input, weights and masks.
---@param name string
---@param options { low?: number, high?: number, rows?: boolean, classes?: boolean, attrs?: table, avoid?: number[],
---  spread?: boolean, ulps?: number, gradcheck?: table, shapes?: table }
function M.all(name, options)
  local call = core.ops[name]
  op.fixtures(name, "layers", { rtol = op.is_double and 1e-9 or 2e-5, atol = op.is_double and 1e-10 or 2e-6 })
  random_cases(name, options)

  local one = options.high and 0.5 or 1
  local p, t = ae.full({ 4, 2 }, one), ae.full({ 4, 2 }, one)
  local term_shape = options.rows and { 4 } or { 4, 2 }
  op.refuses(name, {
    { p, ae.full({ 4, 3 }, one), code = "shape", says = { name .. ": target wants", "[4, 2]", "[4, 3]" } },
    { p, t, ae.ones(3), code = "shape", says = { name .. ": weight wants a number for every sample, [4]", "[3]" } },
    { p, t, op.absent, ae.ones(3), code = "shape", says = { name .. ": mask wants", "[3]" } },
    { p, t, op.absent, ae.ones(5, 4, 2), code = "shape", says = name .. ": mask wants" },
    { p, t, attrs = { reduction = "average" }, code = "invalid", says = "reduction" },
    { op.u8 { 1 }, t, code = "type", says = name .. ": prediction wants f" },
    { p:clone():require_grad(true), t, ae.ones(4):require_grad(true), code = "unsupported",
      says = name .. ": weight has no gradient" },
  })

  it("does not look at what has no weight, and is 0 where nothing has", function()
    local bad = p:clone()
    bad[2] = 0 / 0
    bad:require_grad(true)
    local loss = call(bad, t, ae.tensor { 1, 0, 1, 1 }, nil)
    loss:backward()
    assert(loss:isfinite():item() == 1 and bad.grad:isfinite():min():item() == 1)
    values.assert_values(call(bad, t, ae.zeros(4), nil), { 0 }, {})
    values.assert_values(call(bad, t, nil, ae.zeros(term_shape)), { 0 }, {})
  end)

  it("gives the gradient whatever that of the loss is", function()
    local whole, scaled = p:clone():require_grad(true), p:clone():require_grad(true)
    local target = ae.full({ 4, 2 }, 0.25)
    call(whole, target):backward()
    call(scaled, target):backward(ae.tensor(3))
    values.assert_values(scaled.grad, values.flat(whole.grad * 3), { 4, 2 }, { rtol = 1e-6 })
    whole:zero_grad()
    local loss = call(whole, target)
    loss:backward(nil, { retain_graph = true })
    loss:backward()
    values.assert_values(whole.grad, values.flat(scaled.grad * (2 / 3)), { 4, 2 }, { rtol = 1e-6 })
  end)

  if options.classes then
    op.refuses(name, {
      { p, op.i32 { 1, 2, 3, 1 }, code = "invalid", says = { name .. ": target wants classes 1 to 2, got 3", "element 3" } },
      { p, op.i32 { 1, 2, 0, 1 }, code = "invalid", says = "got 0" },
      { p, op.i32 { 1, 2 }, code = "shape", says = { "a class for every row", "[4]", "[2]" } },
    })
  else
    op.refuses(name, { { p, op.i32 { 1, 2, 1, 1 }, code = "type", says = name .. ": target wants f" } })
  end
end

return M
