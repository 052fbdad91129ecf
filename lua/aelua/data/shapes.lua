--- `data.shapes`: white figures on black, 64x64, of known factors: the five of
--- dSprites (Matthey et al. 2017), drawn when they are looked at.
---   shape     1 square, 2 ellipse, 3 heart
---   scale     1..6: 0.5 to 1 of the largest
---   rotation  1..40 of a full turn
---   x, y      1..32: from left to right and from top to bottom, as far as the largest figure stays inside
--- A pixel is 1 where its centre lies inside the figure, else 0. The figures are
--- like those of dSprites, not the same pixels.
local Dataset = require "aelua.data.dataset"
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local names = require "aelua.base.names"
local options = require "aelua.base.options"
local seeded = require "aelua.base.seeded"

local ops = core.ops

local side = 64

---@class aelua.Shapes
---@field factors string[] the factors' names, in their order: "shape", "scale", "rotation", "x", "y"
---@field sizes integer[] how many values each factor has: 3, 6, 40, 32, 32
local M = {
  factors = { "shape", "scale", "rotation", "x", "y" },
  sizes = { 3, 6, 40, 32, 32 },
}

local figures = { "square", "ellipse", "heart" }

-- The circle around the largest figure, and how near to the border its centre comes, as shares of the picture's side.
local radius, border = 0.16, 0.18

local function check_factors(who, factors)
  errors.check(core.is_tensor(factors) and factors.dtype == "i32" and factors.ndim == 2 and factors.shape[2] == #M.sizes,
    "shape", "%s: wants factors i32 [N, %d]: %s", who, #M.sizes, table.concat(M.factors, ", "))
  for i, size in ipairs(M.sizes) do
    local column = ops.narrow(factors, 2, i, 1)
    errors.check(#factors == 0 or (ops.min(column):item() >= 1 and ops.max(column):item() <= size), "invalid",
      "%s: the factor '%s' is 1 to %d", who, M.factors[i], size)
  end
end

-- Column i of the factors as real [N, 1].
local function column(factors, i) return ops.narrow(factors, 2, i, 1):to(core.real) end

-- Where every pixel's centre lies in the figure's own axes, in units of its circle: u to the right, v up, [N, side^2].
local function in_figure(factors)
  local centres = (ops.arange(0, side) + 0.5) / side
  local px = ops.tile(centres, { side }) -- along a line first
  local py = ops.reshape(ops.tile(ops.unsqueeze(centres, 2), { 1, side }), { side * side })
  local function place(i) return (column(factors, i) - 1) * ((1 - 2 * border) / (M.sizes[i] - 1)) + border end
  local size = (column(factors, 2) - 1) * 0.1 + 0.5
  local angle = (column(factors, 3) - 1) * (2 * math.pi / M.sizes[3])
  local dx = (px - place(4)) / (size * radius)
  local dy = (py - place(5)) / (size * radius)
  local cosine, sine = ops.cos(angle), ops.sin(angle)
  return dx * cosine + dy * sine, dx * sine - dy * cosine
end

-- The figures, each inside the unit circle.
local function inside(u, v)
  local square = ops.maximum(ops.abs(u), ops.abs(v)):le(math.sqrt(0.5))
  local ellipse = (ops.square(u) + ops.square(v * 2)):le(1)
  -- (x^2 + y^2 - 1)^3 <= x^2 y^3, moved and shrunk into the circle.
  local x, y = u * 1.36, v * 1.36 + 0.12
  local ring = ops.square(x) + ops.square(y) - 1
  local heart = (ring * ops.square(ring)):le(ops.square(x) * y * ops.square(y))
  return square, ellipse, heart
end

--- Pictures of the given factors.
---@param factors userdata [N, 5] i32: shape, scale, rotation, x, y, each from 1
---@return userdata [N, 64, 64, 1] real, 0 or 1
function M.draw(factors)
  check_factors("data.shapes.draw", factors)
  return core.scope(function()
    local square, ellipse, heart = inside(in_figure(factors))
    local shape = ops.narrow(factors, 2, 1, 1)
    local lit = ops.where(shape:eq(1), square, ops.where(shape:eq(2), ellipse, heart))
    return ops.reshape(lit:to(core.real), { #factors, side, side, 1 })
  end)
end

--- Random factors, every value of each as likely as any other.
---@param n integer
---@param fixed? integer|string the number or name of a factor that all have in common
---@return userdata [n, 5] i32, from the stream that ae.seed sets
function M.random(n, fixed)
  errors.check(math.type(n) == "integer" and n >= 1, "invalid", "data.shapes.random: wants a count from 1, got %s",
    errors.shown(n))
  local columns, found = {}, fixed == nil
  for i, size in ipairs(M.sizes) do
    local alike = fixed == i or fixed == M.factors[i]
    found = found or alike
    columns[i] = ops.randint({ alike and 1 or n, 1 }, 1, size)
    if alike then columns[i] = ops.tile(columns[i], { n, 1 }) end
  end
  errors.check(found, "invalid", "data.shapes.random: there is no factor %s%s", errors.shown(fixed),
    names.hint(fixed, M.factors))
  return ops.concat(columns, 2)
end

---@class aelua.ShapesOptions
---@field samples? integer default 10000
---@field seed? integer equal seeds, equal samples; default: from the stream that ae.seed sets

--- A data set of random figures, drawn batch by batch; labels are the shapes.
---@param given? aelua.ShapesOptions
---@return aelua.Dataset
---@return userdata factors [samples, 5] i32
local function make(given)
  local o = options.check("data.shapes", given, {
    samples = { type = "integer", default = 10000, min = 1 }, seed = { type = "integer" },
  })
  local factors = core.keep(o.seed and seeded(o.seed, M.random, o.samples) or M.random(o.samples))
  local shape = core.keep(ops.flatten(ops.narrow(factors, 2, 1, 1)))
  local set = Dataset { input = factors, labels = shape, classes = figures }
  return set:map(M.draw), factors
end

return setmetatable(M, {
  __name = "data.shapes",
  __call = function(_, given) return make(given) end,
  __index = function(_, key)
    errors.raise("invalid", ("data.shapes has no '%s'%s"):format(tostring(key), names.hint(key, M)), 2)
  end,
})
