--- k-means: centres, and for every code the nearest of them. Starts as k-means++
--- does (Arthur and Vassilvitskii 2007) and repeats Lloyd's two steps (1982); the
--- best of several starts is kept. A centre that loses its last code moves to the
--- code that lies farthest from its own.
local class = require "aelua.base.class"
local codes_of = require "aelua.latent.codes"
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"

local ops = core.ops

---@class aelua.KMeans: aelua.Class
---@field centers userdata [k, D]
---@field inertia number sum of the squared distances between codes and their centres
---@field iterations integer of the start that was kept
local KMeans = class("KMeans")

---@class aelua.KMeansOptions
---@field starts? integer how many times to begin anew, default 4
---@field iterations? integer at most so many a start, default 300
---@field tolerance? number a start ends when its inertia falls by less than this share of it, default 1e-6

-- Squared distances [N, k]. Expanding the square leaves rounding, which may fall below 0.
local function distances(codes, centers)
  local across = ops.matmul(codes, ops.transpose(centers))
  local d = ops.sum(ops.square(codes), 2, true) - across * 2 + ops.sum(ops.square(centers), 2)
  return ops.maximum(d, 0)
end

local function draw(weights)
  return ops.sample_weighted(weights, 1, ops.randint({ 1 }, 0, (1 << 30) - 1):totable()[1], 0)
end

-- k codes, each drawn with a probability that grows with the square of its distance to those before it.
local function seeds(codes, k)
  local count = #codes
  local centers = ops.index(codes, ops.randint({ 1 }, 1, count))
  local nearest = ops.squeeze(distances(codes, centers), 2)
  for _ = 2, k do
    local place = ops.sum(nearest):item() > 0 and draw(nearest) or ops.randint({ 1 }, 1, count)
    local center = ops.index(codes, place)
    centers = ops.concat({ centers, center })
    nearest = ops.minimum(nearest, ops.squeeze(distances(codes, center), 2))
  end
  return centers
end

-- Each centre's mean of its codes.
local function move(codes, labels, least, k)
  local members = ops.one_hot(labels, k, { dtype = core.real }) -- [N, k]
  local counts = ops.sum(members, 1)
  local centers = ops.matmul(ops.transpose(members), codes) / ops.unsqueeze(ops.maximum(counts, 1), 2)
  local lost = {}
  for i, count in ipairs(counts:totable()) do
    if count == 0 then lost[#lost + 1] = i end
  end
  if #lost > 0 then
    local _, far = ops.topk(least, math.min(#lost, #least))
    local places = far:totable()
    for i, center in ipairs(lost) do
      if places[i] then centers[center] = codes[places[i]] end
    end
  end
  return centers
end

local function run(codes, k, o)
  local centers, before = seeds(codes, k), math.huge
  for iteration = 1, o.iterations do
    local inertia
    centers, inertia = core.scope(function()
      local d = distances(codes, centers)
      local least = ops.min(d, 2)
      return move(codes, ops.argmin(d, 2), least, k), ops.sum(least):item()
    end)
    if before - inertia <= o.tolerance * inertia then return centers, iteration end
    before = inertia
  end
  return centers, o.iterations
end

---@param codes userdata [N, D]
---@param k integer how many centres, 1 to N
---@param given? aelua.KMeansOptions
function KMeans:init(codes, k, given)
  codes = codes_of.check("latent.KMeans", codes)
  local o = options.check("latent.KMeans", given, {
    starts = { type = "integer", default = 4, min = 1 }, iterations = { type = "integer", default = 300, min = 1 },
    tolerance = { type = "number", default = 1e-6, min = 0 },
  })
  errors.check(math.type(k) == "integer" and k >= 1 and k <= #codes, "invalid",
    "latent.KMeans: wants 1 to %d centres, got %s", #codes, errors.shown(k))
  codes_of.check_finite("latent.KMeans", codes)
  for _ = 1, o.starts do
    local centers, iterations, inertia = core.scope(function()
      local found, taken = run(codes, k, o)
      return found, taken, ops.sum(ops.min(distances(codes, found), 2)):item()
    end)
    if not self.inertia or inertia < self.inertia then
      self.centers, self.iterations, self.inertia = core.keep(centers), iterations, inertia
    end
  end
end

--- The number of the nearest centre of every code.
---@param codes userdata [N, D]
---@return userdata [N] i32, from 1
function KMeans:assign(codes)
  codes = codes_of.check("KMeans:assign", codes, self.centers.shape[2])
  return ops.argmin(distances(codes, self.centers), 2)
end

return KMeans
