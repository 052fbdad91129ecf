--- Gradients: backward, grad, operations of one's own, gradient checks, scopes.
local core = require "aelua.core"
local class = require "aelua.base.class"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"

local M = {}

local walk_options = {
  gradient = { type = "userdata" },
  retain_graph = { type = "boolean", default = false },
  create_graph = { type = "boolean", default = false },
}

local function read_walk(who, given)
  local o = options.check(who, given, walk_options)
  if o.create_graph then
    errors.raise("unsupported", who .. ": create_graph: gradients of gradients are not computed here", 3)
  end
  return o
end

--- Adds the gradients of x to the `grad` of everything it was computed from that
--- requires gradients. What the graph saved is let go, unless it is to be kept.
---@param x aelua.Tensor
---@param gradient? aelua.Tensor with regard to x, of its shape; may be left out where x has one element
---@param given? { retain_graph?: boolean } for a second backward
function core.methods.backward(x, gradient, given)
  if type(gradient) == "table" then gradient, given = nil, gradient end
  local o = read_walk("backward", given)
  core.backward(x, gradient or o.gradient, o.retain_graph)
end

--- The gradients of y with regard to tensors, one value for each: nil where y
--- does not depend on it. Nothing is added to any tensor's `grad`.
---@param y aelua.Tensor
---@param of aelua.Tensor|aelua.Tensor[]
---@param given? { gradient?: aelua.Tensor, retain_graph?: boolean }
---@return aelua.Tensor? ...
function M.grad(y, of, given)
  local o = read_walk("grad", given)
  return core.gradients(y, core.is_tensor(of) and { of } or of, o.gradient, o.retain_graph)
end

--- An operation of one's own.
---
---   local double = ae.Function {
---     forward  = function(ctx, x) return x * 2 end,
---     backward = function(ctx, gy) return gy * 2 end,
---   }
---   local y = double(x)
---
--- `forward` gets a table of the call's own, for what backward needs, then the
--- arguments, and returns 1 to 4 tensors. Nothing in either function is
--- recorded. Tensors in that table, also in tables inside it, outlive a scope.
--- `backward` gets the table and the gradient of each output (nil:
--- nobody asked), and returns a gradient of each argument, in order, of its
--- shape; nil stands for none, and must for arguments that are no tensors.
--- ctx.wants[i] says there whether argument i's gradient is asked for. What
--- forward or backward raises comes through as it is.
---@class aelua.Function
---@overload fun(...): aelua.Tensor
local Function = class("Function")

---@param given { forward: function, backward: function }
function Function:init(given)
  local o = options.check("Function", given, {
    forward = { type = "function", required = true },
    backward = { type = "function", required = true },
  })
  self.forward, self.backward = o.forward, o.backward
end

-- A scope may end before backward comes.
local function keep_for_backward(ctx, y, ...)
  if y.requires_grad then core.keep(ctx) end
  return y, ...
end

function Function:__call(...)
  local ctx, backward = {}, self.backward
  local function run(wants, ...)
    ctx.wants = wants
    return backward(ctx, ...)
  end
  local n = select("#", ...)
  local given = table.pack(...)
  local made = table.pack(core.no_grad(self.forward, ctx, ...))
  table.move(made, 1, made.n, n + 1, given)
  return keep_for_backward(ctx, core.record(run, n, table.unpack(given, 1, n + made.n)))
end

M.Function = Function

--- Runs fn(...) and releases, as soon as it ends, every tensor that it made.
--- What survives: what fn returns (also in tables), what it gave to
--- `ae.scope.keep`, and leaves on which `require_grad` was called. Parameters
--- keep their gradients. Any other use of a released tensor is an error.
M.scope = setmetatable({}, { __call = function(_, fn, ...) return core.scope(fn, ...) end })

--- Takes tensors, or (nested) tables of them, out of every scope.
---@param ... any
---@return any ... the arguments
function M.scope.keep(...) return core.keep(...) end

-- ---- Gradient check ----

local double = core.real == "f64"
local check_options = {
  eps = { type = "number", above = 0, default = double and 1e-6 or 1e-2 },
  atol = { type = "number", min = 0, default = double and 1e-5 or 5e-3 },
  rtol = { type = "number", min = 0, default = double and 1e-3 or 5e-2 },
}

local function count(t)
  local n = 1
  for _, size in ipairs(t.shape) do n = n * size end
  return n
end

local function flat(t) return t:detach():reshape { count(t) } end

-- Fixed numbers in [-1, 1) that no sum cancels in (a Lehmer generator).
local function weights(n, seed)
  local list, state = {}, seed
  for i = 1, n do
    state = state * 48271 % 2147483647
    list[i] = state / 1073741823.5 - 1
  end
  return list
end

local function real_outputs(...)
  local list = {}
  for i = 1, select("#", ...) do
    local y = select(i, ...)
    if core.is_tensor(y) and y.dtype == core.real then list[#list + 1] = y end
  end
  errors.check(#list > 0, "type", "gradcheck: the function wants to return %s tensors", core.real)
  return list
end

-- All outputs contracted to one number, in Lua's own arithmetic.
local function contract(outputs)
  local sum = 0
  for k, y in ipairs(outputs) do
    local values = flat(y):totable()
    for i, w in ipairs(weights(#values, k)) do sum = sum + w * values[i] end
  end
  return sum
end

-- The same, recorded.
local function contract_recorded(outputs)
  local total
  for k, y in ipairs(outputs) do
    local w = core.tensor(weights(count(y), k))
    local sum = (y:reshape { count(y) } * w):sum()
    total = total and total + sum or sum
  end
  return total
end

local function position(index, shape)
  local at = {}
  index = index - 1
  for d = #shape, 1, -1 do
    at[d] = index % shape[d] + 1
    index = index // shape[d]
  end
  return "{" .. table.concat(at, ", ") .. "}"
end

-- Central differences against `gradient`, for each element of x.
local function compare(run, x, number, gradient, o)
  local values, computed = flat(x), gradient and flat(gradient):totable()
  local function at(i, value)
    values[i] = value
    return values[i]:item(), contract(real_outputs(run()))
  end
  for i = 1, count(x) do
    local original = values[i]:item()
    local step = o.eps * math.max(1, math.abs(original))
    local high, above = at(i, original + step)
    local low, below = at(i, original - step)
    values[i] = original
    local difference, claimed = (above - below) / (high - low), computed and computed[i] or 0
    local allowed = o.atol + o.rtol * math.max(math.abs(difference), math.abs(claimed))
    local apart = math.abs(difference - claimed)
    if apart > allowed or apart ~= apart then
      errors.raise("invalid",
        ("gradcheck: input %d, element %s: backward gives %.9g, differences give %.9g, %.3g apart where %.3g is allowed")
        :format(number, position(i, x.shape), claimed, difference, apart, allowed), 3)
    end
  end
end

--- Compares the gradients that backward gives with central differences of fn,
--- element by element, for every real tensor among the arguments. Outputs of
--- any shape are contracted with fixed weights. Random operations inside fn see
--- the same numbers every time.
---
--- In the double build the differences step by eps = 1e-6 (times the value, where
--- that is above 1), and may differ by atol 1e-5 + rtol 1e-3 of the larger; in
--- the float build by eps 1e-2, atol 5e-3, rtol 5e-2.
---@param fn function or an ae.Function
---@param ... any fn's arguments, then a table { eps=, atol=, rtol= }, which may be left out
---@return true or raises, naming input, element and both numbers
function M.gradcheck(fn, ...)
  local args = table.pack(...)
  local last = args[args.n]
  local given
  if type(last) == "table" and getmetatable(last) == nil then
    given, args.n = last, args.n - 1
  end
  local o = options.check("gradcheck", given, check_options)
  local checked, numbers, before = {}, {}, {}
  for i = 1, args.n do
    if core.is_tensor(args[i]) and args[i].dtype == core.real then
      checked[#checked + 1], numbers[#numbers + 1] = args[i], i
      before[#before + 1] = args[i].requires_grad
    end
  end
  errors.check(#checked > 0, "type", "gradcheck: wants a %s tensor among the arguments", core.real)
  for _, x in ipairs(checked) do x:require_grad() end
  local random = core.random_state()
  local function run()
    core.random_state(random)
    return fn(table.unpack(args, 1, args.n))
  end
  local ok, err = pcall(function()
    local gradients = table.pack(core.gradients(contract_recorded(real_outputs(run())), checked))
    for k, x in ipairs(checked) do
      core.no_grad(compare, run, x, numbers[k], gradients[k], o)
    end
  end)
  for k, x in ipairs(checked) do
    if not before[k] then x:require_grad(false) end
  end
  if not ok then error(err, 0) end
  return true
end

return M
