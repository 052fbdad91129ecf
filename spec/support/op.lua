--- Specs of operations, from tables:
---
---   describe("pow", function()
---     op.values("pow", { { { 2, 3 }, 2, gives = { 4, 9 } } })      -- inputs, then what comes out
---     op.random("pow", { low = 0.5, high = 2 }, {                  -- one shape for each input
---       { { 3, 5 }, { 3, 5 } }, { { 3, 5 }, { 5 } }, { { 1 }, { 1 } }, { { 0, 2 }, { 2 } } })
---     op.fixtures("pow", "elementwise")                            -- spec/fixtures/elementwise.json
---     op.refuses("pow", { { op.u8 { 1 }, 2, code = "type", says = "ae.scaled" } })
---   end)
---
--- `random` checks gradients, and is what holds the float build against the double one: scripts/test runs the
--- specs with AELUA_RECORD=FILE in the double build, then with AELUA_AGAINST=FILE in each float build.
--- Operations are called as core.ops.NAME(inputs..., { attributes }).
local busted = require "busted"
local ae = require "aelua"
local core = require "aelua.core"
local cross = require "spec.support.cross"
local random = require "spec.support.random"
local values = require "spec.support.values"

local M = { u8 = values.u8, i32 = values.i32, is_double = values.is_double }

--- Stands for an input that is not given.
M.absent = setmetatable({}, { __name = "absent" })

--- What the specs loaded so far have for each operation: { values =, gradient =, compared = }, each true or a reason.
M.covered = {}

--- Set by spec/op/coverage_spec.lua, which reads specs without running their tests.
M.collecting = false

local function it(name, test)
  if not M.collecting then busted.it(name, test) end
end

--- States that operation `name` has what coverage asks for ("values", "gradient", "compared") elsewhere, or why not.
---@param name string
---@param what "values"|"gradient"|"compared"
---@param reason? string
function M.covers(name, what, reason)
  M.covered[name] = M.covered[name] or {}
  M.covered[name][what] = reason or true
end

-- ---- Calls ----

-- A case's entry as an argument: nested tables become tensors, { list = {...} } a table of them.
local function argument(entry)
  if entry == M.absent then return nil end
  if type(entry) ~= "table" then return entry end
  if not entry.list then return ae.tensor(entry) end
  local list = {}
  for i, each in ipairs(entry.list) do list[i] = argument(each) end
  return list
end

local function call(name, inputs, n, attrs)
  local arguments = { table.unpack(inputs, 1, n) }
  if attrs and next(attrs) then
    n = n + 1
    arguments[n] = attrs
  end
  return table.pack(core.ops[name](table.unpack(arguments, 1, n)))
end

local function call_case(name, case)
  local inputs = {}
  for i = 1, #case do inputs[i] = argument(case[i]) end
  return call(name, inputs, #case, case.attrs)
end

--- Known results: each case lists the inputs and says in `gives` what comes out (nested tables, or a number for no
--- dimensions, or a tensor; a list of those in `outputs` where the operation has several), with `attrs`, `dtype` (of the first
--- output), `rtol`, `atol`, `name` where needed.
function M.values(name, cases)
  M.covers(name, "values")
  for i, case in ipairs(cases) do
    it(("gives known values (%s)"):format(case.name or i), function()
      local out = call_case(name, case)
      for k, want in ipairs(case.outputs or { case.gives }) do
        local whole = core.is_tensor(want)
        values.assert_values(out[k], whole and values.flat(want) or values.flatten(want),
          whole and want.shape or values.shape_of(want), case)
        if case.dtype and k == 1 then assert(out[k].dtype == case.dtype, "wants the type " .. case.dtype) end
      end
    end)
  end
end

--- Bad calls: each case lists the inputs as in `values`, the error's `code`, and in `says` a part (or a list of parts)
--- of its message.
function M.refuses(name, cases)
  for i, case in ipairs(cases) do
    it(("refuses (%s)"):format(case.name or i), function()
      local fine, err = pcall(call_case, name, case)
      assert(not fine, "wants an error, got none")
      assert(type(err) == "table" and err.code, "wants an error value, got " .. tostring(err))
      if case.code and err.code ~= case.code then
        error(("wants the code %s, got %s: %s"):format(case.code, err.code, err.message))
      end
      for _, part in ipairs(type(case.says) == "table" and case.says or { case.says }) do
        if not err.message:find(part, 1, true) then
          error(("wants '%s' in the message, got: %s"):format(part, err.message))
        end
      end
    end)
  end
end

-- ---- Random inputs ----

--- Shapes for operations of one input: plain, size 1, no dimensions, size 0, odd, past a vector's width.
M.unary = { { { 3, 4 } }, { { 1 } }, { {} }, { { 0, 2 } }, { { 2, 3, 5 } }, { { 67 } }, { { 3, 1501 }, large = true } }

--- Shapes for operations of two inputs that broadcast: alike, either side stretched, both, numbers.
M.binary = {
  { { 3, 5 }, { 3, 5 } }, { { 3, 5 }, { 5 } }, { { 3, 1 }, { 3, 5 } }, { { 4, 1, 3 }, { 2, 1 } }, { { 1 }, { 7 } },
  { {}, { 2, 3 } }, { { 2, 3 }, {} }, { {}, {} }, { { 0, 2 }, { 2 } }, { { 1, 2 }, { 0, 1 } }, { { 3, 5 }, 1.5 },
  { 0.75, { 3, 5 } }, { { 2, 3, 5 }, { 3, 1 } }, { { 67 }, { 67 } }, { { 130, 40 }, { 40 }, large = true },
  { { 3, 1501 }, { 3, 1 }, large = true },
}

local function count_of(shape)
  local count = 1
  for _, size in ipairs(shape) do count = count * size end
  return count
end

-- Calls visit for each input that is a tensor, those of lists too, and puts its result in the entry's place.
local function map_entries(entry, visit)
  if type(entry) ~= "table" then return entry end
  if entry == M.absent then return nil end
  if not entry.list then return visit(entry) end
  local list = {}
  for i, each in ipairs(entry.list) do list[i] = map_entries(each, visit) end
  return list
end

-- The inputs of a case: each entry is a shape, with low, high, dtype where they differ from the options'.
local function random_inputs(generator, case, options)
  local inputs, total = {}, 0
  for i = 1, #case do
    map_entries(case[i], function(entry) total = total + count_of(entry) end)
  end
  local pool = options.spread and generator.spread(total, options.low or -2, options.high or 2)
  local function number(entry)
    if pool and not entry.low then return table.remove(pool) end
    local low, high = entry.low or options.low or -2, entry.high or options.high or 2
    if entry.dtype then return generator.whole(low, high) end
    local value = generator.real(low, high)
    for _, kink in ipairs(options.avoid or {}) do
      if math.abs(value - kink) < 0.125 then value = kink + (value < kink and -0.125 or 0.125) end
    end
    return value
  end
  for i = 1, #case do
    inputs[i] = map_entries(case[i], function(entry)
      local list = {}
      for k = 1, count_of(entry) do list[k] = number(entry) end
      return values.shaped(list, entry, entry.dtype)
    end)
  end
  return inputs
end

local function describe_case(case)
  local parts = {}
  local function add(entry)
    if type(entry) ~= "table" then
      parts[#parts + 1] = tostring(entry)
    elseif entry == M.absent then
      parts[#parts + 1] = "absent"
    elseif entry.list then
      for _, each in ipairs(entry.list) do add(each) end
    else
      parts[#parts + 1] = values.text(entry)
    end
  end
  for i = 1, #case do add(case[i]) end
  local names = {}
  for key in pairs(case.attrs or {}) do names[#names + 1] = key end
  table.sort(names)
  for _, key in ipairs(names) do
    local value = case.attrs[key]
    parts[#parts + 1] = key .. "=" .. (type(value) == "table" and values.text(value) or tostring(value))
  end
  return table.concat(parts, " ")
end

local function is_real(value)
  return core.is_tensor(value) and value.dtype ~= "u8" and value.dtype ~= "i32"
end

-- The real tensors among inputs, lists included.
local function real_tensors(inputs, n)
  local found = {}
  local function add(value)
    if type(value) == "table" then
      for _, each in ipairs(value) do add(each) end
    elseif is_real(value) then
      found[#found + 1] = value
    end
  end
  for i = 1, n do add(inputs[i]) end
  return found
end

-- fn(real tensors...) -> the operation's outputs, packed, the other inputs as they are.
local function as_function(run, inputs, n)
  return function(...)
    local given, at, replaced = { ... }, 0, {}
    local function replace(value)
      if type(value) == "table" then
        local list = {}
        for i, each in ipairs(value) do list[i] = replace(each) end
        return list
      elseif is_real(value) then
        at = at + 1
        return given[at]
      end
      return value
    end
    for i = 1, n do replaced[i] = replace(inputs[i]) end
    return run(replaced, n)
  end
end

-- Writes or checks output k and the gradients that it gives, contracted with random weights.
local function compare_output(label, k, fn, leaves, generator, options, has_gradient)
  local ulps = options.ulps or 8
  for _, leaf in ipairs(leaves) do
    leaf:require_grad(has_gradient)
    if has_gradient then leaf:zero_grad() end
  end
  local y = fn(table.unpack(leaves))[k]
  local got = values.flat(y)
  cross.check(("%s: output %d"):format(label, k), got, ulps)
  if not (has_gradient and y.requires_grad) then return end
  local weights = {}
  for i = 1, #got do weights[i] = generator.real(-1, 1) end
  y:backward(values.shaped(weights, y.shape))
  for i, leaf in ipairs(leaves) do
    local gradient = leaf.grad and values.flat(leaf.grad) or {}
    cross.check(("%s: output %d, gradient %d"):format(label, k, i), gradient, options.grad_ulps or math.max(4 * ulps, 32))
  end
end

--- Random inputs: for each case (a shape for each input; tables with `low`, `high`, `dtype` beside the sizes; numbers;
--- op.absent; { list = {...} }) one gradient check over all real inputs (not where `large`), and one comparison of
--- values and gradients with the double build. A case may have `attrs`. Options:
---   low, high   range of the inputs, default -2 to 2
---   avoid       numbers where the derivative jumps: inputs stay 1/8 away
---   spread      no two elements of the inputs without `low` are close (for sorting, maxima)
---   ulps        bound of the comparison, in units of 2^-23 of the larger of the element and the tensor's mean
---               magnitude; default 8. grad_ulps: the same for gradients; default 4 times ulps, at least 32
---   gradcheck   options for ae.gradcheck
---   gradient    false: the operation has none, as its descriptor says
---   run         function(inputs, n, attrs) -> packed outputs, instead of the plain call
---   around      function(test) that runs a test, several times where there are several ways to compute it
function M.random(name, options, cases)
  local descriptor = core.describe(name)
  local has_gradient = not (descriptor and descriptor.no_gradient) and options.gradient ~= false
  local around = options.around or function(test) test() end
  if has_gradient then M.covers(name, "gradient") end
  M.covers(name, "compared")
  for index, case in ipairs(cases) do
    local label = ("%s %d: %s"):format(name, index, describe_case(case))
    local function make()
      local generator = random.new(label)
      local inputs = random_inputs(generator, case, options)
      local function run(given, n)
        if options.run then return options.run(given, n, case.attrs) end
        return call(name, given, n, case.attrs)
      end
      return inputs, run, generator
    end
    if has_gradient and not case.large then
      it("has the gradient of " .. label, function()
        local inputs, run = make()
        local checked = real_tensors(inputs, #case)
        checked[#checked + 1] = options.gradcheck
        local fn = as_function(run, inputs, #case)
        around(function()
          assert(ae.gradcheck(function(...) return table.unpack(fn(...)) end, table.unpack(checked)))
        end)
      end)
    end
    if cross.active then
      it("is the same in both builds: " .. label, function()
        around(function()
          local inputs, run, generator = make()
          local fn, leaves = as_function(run, inputs, #case), real_tensors(inputs, #case)
          for k = 1, descriptor.outputs do
            compare_output(label, k, fn, leaves, generator, options, has_gradient)
          end
        end)
      end)
    end
  end
end

-- ---- Fixtures ----

local specials = { nan = 0 / 0, inf = math.huge, ["-inf"] = -math.huge }

local function numbers(list)
  local result = {}
  for i, value in ipairs(list) do result[i] = specials[value] or value end
  return result
end

local function read_fixtures(file)
  local handle <close> = assert(io.open("spec/fixtures/" .. file .. ".json", "rb"))
  return core.json.decode(handle:read("a"))
end

-- Backward from the outputs that have a gradient (false: none), all at once.
local function contract(out, gradients)
  local total
  for k, entry in ipairs(gradients) do
    if entry then
      local term = (out[k] * values.shaped(numbers(entry.values), entry.shape)):sum()
      total = total and total + term or term
    end
  end
  if total then total:backward() end
end

--- Values and gradients that a script of scripts/fixtures computed with NumPy or PyTorch, from
--- spec/fixtures/FILE.json: { NAME: [ { inputs: [tensor or number], attrs: {}, outputs: [tensor],
--- output_gradients: [tensor], gradients: [tensor or false] } ] }, a tensor being { shape, values, dtype? } with the
--- strings "nan", "inf" and "-inf" among its values (and among attrs).
---@param tolerance? { rtol?: number, atol?: number }
function M.fixtures(name, file, tolerance)
  M.covers(name, "values")
  if M.collecting then return end
  for index, case in ipairs(read_fixtures(file)[name] or {}) do
    it(("gives what %s.json says (%d)"):format(file, index), function()
      local inputs = {}
      for i, entry in ipairs(case.inputs) do
        inputs[i] = type(entry) == "table" and values.shaped(numbers(entry.values), entry.shape, entry.dtype) or entry
        if case.gradients and case.gradients[i] then inputs[i]:require_grad(true) end
      end
      local attrs = {}
      for key, value in pairs(case.attrs or {}) do attrs[key] = specials[value] or value end
      local out = call(name, inputs, #inputs, attrs)
      for k, want in ipairs(case.outputs) do
        values.assert_values(out[k], numbers(want.values), want.shape, tolerance)
      end
      contract(out, case.output_gradients or {})
      for i, want in ipairs(case.gradients or {}) do
        if want then values.assert_values(inputs[i].grad, numbers(want.values), want.shape, tolerance) end
      end
    end)
  end
end

return M
