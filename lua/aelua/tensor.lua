--- Tensors: what is said with a few operations rather than one. Functions of
--- `ae`, and methods of tensors.
local core = require "aelua.core"
local errors = require "aelua.base.errors"

local M = { functions = {} }

---@class aelua.Tensor
---@field shape integer[] a new table each time
---@field ndim integer
---@field dtype "f32"|"f64"|"u8"|"i32"
---@field grad aelua.Tensor? nil before the first backward
---@field requires_grad boolean
---@field is_leaf boolean it was not computed from anything that requires a gradient

local functions, methods, ops = M.functions, core.methods, core.ops

local function check_tensor(who, value)
  if not core.is_tensor(value) then
    errors.raise("type", ("%s: wants a tensor, got a %s"):format(who, type(value)), 3)
  end
end

-- ---- Tensors like another ----

-- Options of `given`, with x's type where it says none.
local function with_type(x, given)
  local options = { dtype = x.dtype }
  for key, value in pairs(given or {}) do options[key] = value end
  return options
end

--- Zeros of x's shape and type.
---@param x aelua.Tensor
---@param options? { dtype?: string }
---@return aelua.Tensor
function functions.zeros_like(x, options)
  check_tensor("zeros_like", x)
  return ops.zeros(x.shape, with_type(x, options))
end

--- Ones of x's shape and type.
---@param x aelua.Tensor
---@param options? { dtype?: string }
---@return aelua.Tensor
function functions.ones_like(x, options)
  check_tensor("ones_like", x)
  return ops.ones(x.shape, with_type(x, options))
end

--- `value` in x's shape and type.
---@param x aelua.Tensor
---@param value number
---@param options? { dtype?: string }
---@return aelua.Tensor
function functions.full_like(x, value, options)
  check_tensor("full_like", x)
  return ops.full(x.shape, value, with_type(x, options))
end

--- Uniform random numbers in x's shape, of the computing type.
---@param x aelua.Tensor
---@param options? table as `rand` takes
---@return aelua.Tensor
function functions.rand_like(x, options)
  check_tensor("rand_like", x)
  return ops.rand(x.shape, options or {})
end

--- Normal random numbers in x's shape, of the computing type.
---@param x aelua.Tensor
---@param options? table as `randn` takes
---@return aelua.Tensor
function functions.randn_like(x, options)
  check_tensor("randn_like", x)
  return ops.randn(x.shape, options or {})
end

--- 1 with the given probability, else 0, in x's shape, of the computing type.
---@param x aelua.Tensor
---@param probability number
---@return aelua.Tensor
function functions.bernoulli_like(x, probability)
  check_tensor("bernoulli_like", x)
  return ops.bernoulli(x.shape, probability)
end

-- ---- Methods ----

--- The tensor with its values in another type: itself where it has that type.
--- To u8 and i32 the fraction is cut off; a value out of range is an error.
---@param x aelua.Tensor
---@param dtype "f32"|"u8"|"i32"
---@return aelua.Tensor
function methods.to(x, dtype)
  check_tensor("to", x)
  local wanted = dtype == "f32" and core.real or dtype
  if x.dtype == wanted then return x end
  return ops.cast(x, dtype)
end

--- A copy with storage of its own; gradients flow back through it.
---@param x aelua.Tensor
---@return aelua.Tensor
function methods.clone(x)
  check_tensor("clone", x)
  return ops.cast(x, x.dtype)
end

local function size_of(who, x, dim)
  local axis = dim < 0 and x.ndim + dim + 1 or dim
  local size = x.shape[axis]
  errors.check(size, "invalid", "%s: dimension %d of a tensor with %d", who, dim, x.ndim)
  return size
end

--- Parts of x along one dimension.
---@param x aelua.Tensor
---@param sizes integer|integer[] the size of each part (the last may be smaller), or all sizes
---@param dim? integer default 1
---@return aelua.Tensor[]
function methods.split(x, sizes, dim)
  check_tensor("split", x)
  dim = dim or 1
  local total = size_of("split", x, dim)
  if type(sizes) ~= "table" then
    errors.check(math.type(sizes) == "integer" and sizes > 0, "invalid",
      "split: sizes wants a positive integer or a table of sizes, got %s", errors.shown(sizes))
    local equal = sizes
    sizes = {}
    for first = 1, total, equal do sizes[#sizes + 1] = math.min(equal, total - first + 1) end
  end
  local parts, first = {}, 1
  for i, size in ipairs(sizes) do
    errors.check(math.type(size) == "integer" and size >= 0, "invalid", "split: sizes[%d] wants a size, got %s", i,
      errors.shown(size))
    errors.check(first + size - 1 <= total, "shape", "split: sizes add up to more than %d", total)
    parts[i] = ops.narrow(x, dim, first, size)
    first = first + size
  end
  errors.check(first == total + 1, "shape", "split: sizes add up to %d, the dimension has %d", first - 1, total)
  return parts
end

--- At most n parts of equal size along one dimension; the last may be smaller.
---@param x aelua.Tensor
---@param n integer
---@param dim? integer default 1
---@return aelua.Tensor[]
function methods.chunk(x, n, dim)
  check_tensor("chunk", x)
  errors.check(math.type(n) == "integer" and n > 0, "invalid", "chunk: wants a positive number of parts, got %s",
    errors.shown(n))
  local total = size_of("chunk", x, dim or 1)
  return methods.split(x, math.max(1, (total + n - 1) // n), dim)
end

functions.split, functions.chunk = methods.split, methods.chunk

return M
