--- Tensors and nested tables for specs, and whether the two hold the same numbers.
local ae = require "aelua"
local core = require "aelua.core"

local M = {}

--- Whether this is the double build.
M.is_double = core.real == "f64"
--- A little more than the smallest normal number: half of it is denormal.
M.least = M.is_double and 2.5e-308 or 1.25e-38

--- u8 and i32 tensors from nested tables.
function M.u8(nested) return ae.tensor(nested, { dtype = "u8" }) end
function M.i32(nested) return ae.tensor(nested, { dtype = "i32" }) end

--- The shape of nested tables; a number has no dimensions.
function M.shape_of(nested)
  local shape = {}
  while type(nested) == "table" do
    shape[#shape + 1] = #nested
    nested = nested[1]
  end
  return shape
end

--- The numbers of nested tables in order.
function M.flatten(nested, into)
  into = into or {}
  if type(nested) ~= "table" then
    into[#into + 1] = nested
  else
    for _, value in ipairs(nested) do M.flatten(value, into) end
  end
  return into
end

--- The elements of a tensor in order.
---@return number[]
function M.flat(t) return M.flatten(t:totable()) end

-- Nested tables of `shape` from the flat list `values`.
local function nest(values, shape, depth, at)
  if depth > #shape then return values[at], at + 1 end
  local result = {}
  for i = 1, shape[depth] do result[i], at = nest(values, shape, depth + 1, at) end
  return result, at
end

--- A tensor of a shape from a flat list.
function M.shaped(values, shape, dtype)
  for _, size in ipairs(shape) do
    if size == 0 then return ae.zeros(shape):to(dtype or "f32") end
  end
  local nested = nest(values, shape, 1, 1)
  return ae.tensor(nested, { dtype = dtype })
end

--- "[2, 3]"
function M.text(shape) return "[" .. table.concat(shape, ", ") .. "]" end

local function same_number(got, want, rtol, atol)
  if want ~= want then return got ~= got end
  if got == want then return true end
  if want == math.huge or want == -math.huge then return false end
  return math.abs(got - want) <= atol + rtol * math.abs(want)
end

--- Fails unless tensor `got` has the shape and, within the tolerances, the values.
---@param got any
---@param want number[] flat
---@param shape integer[]
---@param tolerance? { rtol?: number, atol?: number }
function M.assert_values(got, want, shape, tolerance)
  tolerance = tolerance or {}
  local rtol = tolerance.rtol or (M.is_double and 1e-12 or 2e-6)
  local atol = tolerance.atol or (M.is_double and 1e-14 or 1e-7)
  if M.text(got.shape) ~= M.text(shape) then
    error(("wants the shape %s, got %s"):format(M.text(shape), M.text(got.shape)), 2)
  end
  local values = M.flat(got)
  for i = 1, #want do
    if not same_number(values[i], want[i], rtol, atol) then
      error(("element %d: wants %.17g, got %.17g"):format(i, want[i], values[i]), 2)
    end
  end
end

return M
