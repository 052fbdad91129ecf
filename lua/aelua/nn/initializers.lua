--- Initialisers of weights: nn.init.glorot_uniform(), nn.init.normal(0, 0.05), ...
---
--- Each makes an object that is called with a shape and gives a new tensor:
--- weight = initializer(shape, fan_in, fan_out). The fans are taken from the shape
--- where they are not given: all dimensions but the last count as fan_in (dense
--- [in, out], convolution [R, S, in, out]).
local core = require "aelua.core"
local class = require "aelua.base.class"
local errors = require "aelua.base.errors"
local named = require "aelua.base.named"
local names = require "aelua.base.names"
local orthogonal = require "aelua.nn.orthogonal"

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

-- Name -> the names of its values in order, their defaults, function(shape, values, fan_in, fan_out).
local kinds = {
  glorot_uniform = { {}, {}, function(shape, _, i, o) return uniform(shape, math.sqrt(6 / (i + o))) end },
  glorot_normal = { {}, {}, function(shape, _, i, o) return normal(shape, 2 / (i + o)) end },
  he_uniform = { {}, {}, function(shape, _, i) return uniform(shape, math.sqrt(6 / i)) end },
  he_normal = { {}, {}, function(shape, _, i) return normal(shape, 2 / i) end },
  lecun_uniform = { {}, {}, function(shape, _, i) return uniform(shape, math.sqrt(3 / i)) end },
  lecun_normal = { {}, {}, function(shape, _, i) return normal(shape, 1 / i) end },
  normal = { { "mean", "std" }, { 0, 0.05 }, function(shape, v) return ops.randn(shape, v.mean, v.std) end },
  uniform = { { "low", "high" }, { -0.05, 0.05 }, function(shape, v) return ops.rand(shape, v.low, v.high) end },
  orthogonal = { { "gain" }, { 1 }, function(shape, v) return orthogonal(shape, v.gain) end },
  constant = { { "value" }, { 0 }, function(shape, v) return ops.full(shape, v.value) end },
  zeros = { {}, {}, function(shape) return ops.zeros(shape) end },
  ones = { {}, {}, function(shape) return ops.ones(shape) end },
}

local function check_values(name, values)
  for key, value in pairs(values) do
    errors.check(type(value) == "number" and value - value == 0, "invalid", "nn.init.%s: %s wants a finite number, got %s",
      name, key, errors.shown(value))
  end
  errors.check(not values.std or values.std >= 0, "invalid", "nn.init.normal: std wants at least 0, got %s", values.std)
  errors.check(not values.low or values.low <= values.high, "invalid",
    "nn.init.uniform wants low <= high, got %s and %s", values.low, values.high)
end

-- From values by name or by position.
local function make(name, given)
  local keys, defaults, draw = table.unpack(kinds[name])
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

local function from_arguments(name, ...)
  local first = ...
  if type(first) == "table" then return make(name, first) end
  local given = {}
  for i = 1, select("#", ...) do given[i] = (select(i, ...)) end
  return make(name, given)
end

local M = {}

--- U(-a, a), a = sqrt(6 / (fan_in + fan_out)): Glorot and Bengio 2010.
---@return aelua.Initializer
function M.glorot_uniform(...) return from_arguments("glorot_uniform", ...) end

--- N(0, 2 / (fan_in + fan_out)), not truncated: Glorot and Bengio 2010.
---@return aelua.Initializer
function M.glorot_normal(...) return from_arguments("glorot_normal", ...) end

--- U(-a, a), a = sqrt(6 / fan_in): He et al. 2015, for ReLU.
---@return aelua.Initializer
function M.he_uniform(...) return from_arguments("he_uniform", ...) end

--- N(0, 2 / fan_in), not truncated: He et al. 2015, for ReLU.
---@return aelua.Initializer
function M.he_normal(...) return from_arguments("he_normal", ...) end

--- U(-a, a), a = sqrt(3 / fan_in): LeCun et al. 1998, for tanh and SELU.
---@return aelua.Initializer
function M.lecun_uniform(...) return from_arguments("lecun_uniform", ...) end

--- N(0, 1 / fan_in), not truncated: LeCun et al. 1998, for tanh and SELU.
---@return aelua.Initializer
function M.lecun_normal(...) return from_arguments("lecun_normal", ...) end

--- N(mean, std^2).
---@param ... number|table mean (default 0) and std (default 0.05), or { mean =, std = }
---@return aelua.Initializer
function M.normal(...) return from_arguments("normal", ...) end

--- U(low, high).
---@param ... number|table low (default -0.05) and high (default 0.05), or { low =, high = }
---@return aelua.Initializer
function M.uniform(...) return from_arguments("uniform", ...) end

--- Orthonormal rows or columns, whichever are fewer, times a gain: Saxe,
--- McClelland and Ganguli 2014.
---@param ... number|table gain (default 1), or { gain = }
---@return aelua.Initializer
function M.orthogonal(...) return from_arguments("orthogonal", ...) end

--- One value everywhere.
---@param ... number|table value (default 0), or { value = }
---@return aelua.Initializer
function M.constant(...) return from_arguments("constant", ...) end

--- 0 everywhere.
---@return aelua.Initializer
function M.zeros(...) return from_arguments("zeros", ...) end

--- 1 everywhere.
---@return aelua.Initializer
function M.ones(...) return from_arguments("ones", ...) end

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

return names.strict(M, "nn.init")
