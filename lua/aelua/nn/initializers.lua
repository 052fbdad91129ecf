--- Initialisers of weights: nn.init.glorot_uniform(), nn.init.normal(0, 0.05), ...
---
--- Each makes an object that is called with a shape and gives a new tensor:
--- weight = initializer(shape, fan_in, fan_out). The fans are taken from the shape
--- where they are not given: all dimensions but the last count as fan_in (dense
--- [in, out], convolution [R, S, in, out]).
---
---   glorot_uniform   U(-a, a), a = sqrt(6 / (fan_in + fan_out))
---   glorot_normal    N(0, 2 / (fan_in + fan_out))      variances
---   he_uniform       U(-a, a), a = sqrt(6 / fan_in)
---   he_normal        N(0, 2 / fan_in)
---   lecun_uniform    U(-a, a), a = sqrt(3 / fan_in)
---   lecun_normal     N(0, 1 / fan_in)
---   normal(mean = 0, std = 0.05), uniform(low = -0.05, high = 0.05)
---   orthogonal(gain = 1), constant(value = 0), zeros(), ones()
---
--- The normal ones are not truncated. Sources: Glorot and Bengio 2010; He et al.
--- 2015; LeCun et al. 1998; Saxe, McClelland and Ganguli 2014 (orthogonal).
local core = require "aelua.core"
local class = require "aelua.base.class"
local errors = require "aelua.base.errors"
local named = require "aelua.base.named"
local names = require "aelua.base.names"
local orthogonal = require "aelua.nn.orthogonal"
local shapes = require "aelua.base.shapes"

local ops = core.ops

---@class aelua.Initializer: aelua.Class
---@field name string
---@operator call(integer[]): aelua.Tensor
local Initializer = class("Initializer")

function Initializer:init(name, values, draw)
  self.name, self.values, self.draw = name, values, draw
end

---@param shape integer[]
---@param fan_in? integer
---@param fan_out? integer
---@return aelua.Tensor
function Initializer:__call(shape, fan_in, fan_out)
  errors.check(type(shape) == "table" and #shape > 0, "invalid", "nn.init.%s wants a shape, got %s", self.name, type(shape))
  if not fan_in then
    local receptive = 1
    for i = 1, #shape - 2 do receptive = receptive * shape[i] end
    fan_in, fan_out = receptive * (shape[#shape - 1] or 1), receptive * shape[#shape]
  end
  return self.draw(shape, self.values, fan_in, fan_out)
end

--- The initialiser as data.
---@return string|table
function Initializer:config()
  return named.join(self.name, self.values)
end

local function uniform(shape, limit) return ops.rand(shape, -limit, limit) end
local function normal(shape, variance) return ops.randn(shape, 0, math.sqrt(variance)) end

-- name -> function(shape, values, fan_in, fan_out), the names of its values in order, their defaults
local kinds = {
  glorot_uniform = { function(shape, _, i, o) return uniform(shape, math.sqrt(6 / (i + o))) end },
  glorot_normal = { function(shape, _, i, o) return normal(shape, 2 / (i + o)) end },
  he_uniform = { function(shape, _, i) return uniform(shape, math.sqrt(6 / i)) end },
  he_normal = { function(shape, _, i) return normal(shape, 2 / i) end },
  lecun_uniform = { function(shape, _, i) return uniform(shape, math.sqrt(3 / i)) end },
  lecun_normal = { function(shape, _, i) return normal(shape, 1 / i) end },
  normal = { function(shape, v) return ops.randn(shape, v.mean, v.std) end, { "mean", "std" }, { 0, 0.05 } },
  uniform = { function(shape, v) return ops.rand(shape, v.low, v.high) end, { "low", "high" }, { -0.05, 0.05 } },
  orthogonal = { function(shape, v) return orthogonal(shape, v.gain) end, { "gain" }, { 1 } },
  constant = { function(shape, v) return ops.full(shape, v.value) end, { "value" }, { 0 } },
  zeros = { function(shape) return ops.zeros(shape) end },
  ones = { function(shape) return ops.ones(shape) end },
}

local M = {}

local function check_values(name, values)
  for key, value in pairs(values) do
    errors.check(type(value) == "number" and value - value == 0, "invalid", "nn.init.%s: %s wants a finite number, got %s",
      name, key, tostring(value))
  end
  errors.check(not values.std or values.std >= 0, "invalid", "nn.init.normal: std wants at least 0, got %s", values.std)
  errors.check(not values.low or values.low <= values.high, "invalid",
    "nn.init.uniform wants low <= high, got %s and %s", values.low, values.high)
end

local function make(name, given)
  local draw, keys, defaults = table.unpack(kinds[name])
  keys, defaults = keys or {}, defaults or {}
  for key in pairs(given) do
    local fits = math.type(key) == "integer" and key <= #keys
    for _, known in ipairs(keys) do fits = fits or key == known end
    errors.check(fits, "invalid", "nn.init.%s has no option '%s'%s", name, tostring(key), names.hint(key, keys))
  end
  local values = {}
  for i, key in ipairs(keys) do
    local value = given[key]
    if value == nil then value = given[i] end
    if value == nil then value = defaults[i] end
    values[key] = value
  end
  check_values(name, values)
  return Initializer(name, values, draw)
end

for name in pairs(kinds) do
  M[name] = function(...)
    local first = ...
    if type(first) == "table" then return make(name, first) end
    local given = {}
    for i = 1, select("#", ...) do given[i] = (select(i, ...)) end
    return make(name, given)
  end
end

--- The initialiser that an option names: "he_normal", { "normal", std = 0.01 },
--- what one of these functions made, or a function(shape, fan_in, fan_out) that
--- gives a tensor.
---@param who string how messages begin
---@param spec any
---@return aelua.Initializer|fun(shape: integer[], fan_in?: integer, fan_out?: integer): aelua.Tensor
function M.get(who, spec)
  if type(spec) == "function" or Initializer.is(spec) then return spec end
  return make(named.split(who, "initialiser", spec, kinds))
end

--- An initialiser as data; nil for a function of the user's own, which files do
--- not carry (they carry the weights that it made).
function M.describe(initializer)
  if type(initializer) == "function" then return nil end
  return initializer:config()
end

-- Set while weights are only made to be overwritten from a file; see `blank`.
local allowance

--- fn(...), in which new parameters are zeros, draw nothing from the random
--- stream and hold `most` numbers at most: what describes a file's model cannot
--- ask for more memory than the file's own weights take.
---@param most integer
---@param fn function
function M.blank(most, fn, ...)
  local before = allowance
  allowance = most
  local results = table.pack(pcall(fn, ...))
  allowance = before
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

local function spend(who, shape)
  local count = 1
  for _, size in ipairs(shape) do
    errors.check(size == 0 or count <= allowance // size, "format",
      "%s: weights %s are more than the file holds", who, shapes.text(shape))
    count = count * size
  end
  allowance = allowance - count
end

--- The new tensor that an initialiser gives, checked, as a parameter.
---@param who string
---@param initializer function|aelua.Initializer
---@param shape integer[]
---@param fan_in integer
---@param fan_out integer
---@return aelua.Tensor
function M.parameter(who, initializer, shape, fan_in, fan_out)
  if allowance then
    spend(who, shape)
    initializer = function() return ops.zeros(shape) end
  end
  local tensor = core.no_grad(initializer, shape, fan_in, fan_out)
  errors.check(core.is_tensor(tensor), "type", "%s: the initialiser wants to give a tensor, got %s", who, type(tensor))
  local got = tensor.shape
  errors.check(shapes.equal(got, shape), "shape", "%s: the initialiser wants to give the shape %s, got %s", who,
    shapes.text(shape), shapes.text(got))
  tensor:require_grad(true)
  return core.keep(tensor)
end

return names.strict(M, "nn.init")
