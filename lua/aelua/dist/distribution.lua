--- The base of distributions: N of them side by side, as their parameters say.
---
--- The first dimension of the parameters is N, one distribution for each sample of
--- a batch; the others are one event, whose elements are independent. Results are
--- in nats, one number for each sample, summed over the event. Values are
--- [N, ...], or [S, N, ...] where there are S of each; one distribution (N = 1)
--- serves a batch of any size.
---
--- A class states log_prob, mean, entropy and draw, and where there are closed
--- forms closed_entropy and closed_kl.
local core = require "aelua.core"
local class = require "aelua.base.class"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"

local ops = core.ops

---@class aelua.Distribution: aelua.Class
---@field family string closed forms are of two of one family
---@field parameters aelua.Tensor[] [N, ...]
---@field event integer dimensions of a value without N
---@field reparameterised boolean whether gradients pass through `sample`
local Distribution = class("Distribution")
Distribution.reparameterised = false

--- Keeps the parameters, which have one shape.
---@param parameters aelua.Tensor[]
---@param names string[]
function Distribution:take(parameters, names)
  for i, name in ipairs(names) do
    local p = parameters[i]
    errors.check(core.is_tensor(p) and p.dtype == core.real, "type", "%s: %s wants a tensor of %s, got %s", self.class_name,
      name, core.real, core.is_tensor(p) and p.dtype or type(p))
    errors.check(p.ndim > 0, "shape", "%s: %s wants [N, ...], got a single number", self.class_name, name)
    errors.check(i == 1 or shapes.equal(p.shape, parameters[1].shape), "shape", "%s: %s wants %s's shape %s, got %s",
      self.class_name, name, names[1], shapes.text(parameters[1].shape), shapes.text(p.shape))
  end
  self.parameters, self.event = parameters, parameters[1].ndim - 1
end

--- How many distributions there are.
function Distribution:__len() return #self.parameters[1] end

function Distribution:__tostring() return ("%s %s"):format(self.class_name, shapes.text(self.parameters[1].shape)) end

--- The shape of a value: [N, ...].
---@return integer[]
function Distribution:shape() return self.parameters[1].shape end

--- Some of the distributions, in the order given; one may come more than once.
---@param places aelua.Tensor [M] i32, from 1
---@return aelua.Distribution
function Distribution:at(places)
  local chosen = {}
  for i, p in ipairs(self.parameters) do chosen[i] = ops.index(p, places) end
  return getmetatable(self)(table.unpack(chosen))
end

local dims_of = {}

--- The sum over the event's dimensions, which are the last ones.
---@param t aelua.Tensor
---@return aelua.Tensor
function Distribution:per_sample(t)
  local event = self.event
  if event == 0 then return t end
  local dims = dims_of[event]
  if not dims then
    dims = {}
    for i = 1, event do dims[i] = -i end
    dims_of[event] = dims
  end
  return ops.sum(t, dims)
end

-- The shape that a and b broadcast to; nil where they do not.
local function common_shape(a, b)
  local result, most = {}, math.max(#a, #b)
  for i = 1, most do
    local x, y = a[#a - most + i] or 1, b[#b - most + i] or 1
    if x ~= y and x ~= 1 and y ~= 1 then return nil end
    result[i] = x == 1 and y or x
  end
  return result
end

--- Both tensors stretched to one shape.
---@param a aelua.Tensor
---@param b aelua.Tensor
---@return aelua.Tensor a
---@return aelua.Tensor b
function Distribution:alike(a, b)
  local shape_a, shape_b = a.shape, b.shape
  if shapes.equal(shape_a, shape_b) then return a, b end
  local shape = common_shape(shape_a, shape_b)
  errors.check(shape, "shape", "%s: %s and %s do not go together", self.class_name, shapes.text(shape_a), shapes.text(shape_b))
  return ops.expand(a, shape), ops.expand(b, shape)
end

--- Raises unless x may be a value: [N, ...] or [S, N, ...].
---@param x any
---@param dtype? string default: real
function Distribution:check_value(x, dtype)
  local who = self.class_name .. ":log_prob"
  errors.check(core.is_tensor(x) and x.dtype == (dtype or core.real), "type", "%s wants a tensor of %s, got %s", who,
    dtype or core.real, core.is_tensor(x) and x.dtype or type(x))
  local shape = self:shape()
  local got = x.shape
  local fits = #got >= #shape and common_shape(got, shape) ~= nil
  for i = 0, self.event - 1 do fits = fits and got[#got - i] == shape[#shape - i] end
  errors.check(fits, "shape", "%s wants values %s, or more in a first dimension, got %s", who, shapes.text(shape),
    shapes.text(got))
end

--- One value of each distribution, or `count` of each.
--- Gradients reach the parameters where the class says `reparameterised`.
---@param count? integer
---@return aelua.Tensor [N, ...], or [count, N, ...]
function Distribution:sample(count)
  errors.check(count == nil or (math.type(count) == "integer" and count >= 1), "invalid",
    "%s:sample wants a number of draws from 1 up, got %s", self.class_name, errors.shown(count))
  return self:draw(count)
end

local function not_there(self, what)
  errors.raise("unsupported", ("%s has no %s"):format(self.class_name, what), 3)
end

--- What `sample` does, its argument checked.
---@param _count? integer
---@return aelua.Tensor
function Distribution:draw(_count) return not_there(self, "samples") end

--- The logarithm of the density, or of the probability, of values.
---@param _x aelua.Tensor [N, ...], or [S, N, ...]
---@return aelua.Tensor [N], or [S, N]
function Distribution:log_prob(_x) return not_there(self, "log_prob") end

--- The expectation of each element.
---@return aelua.Tensor [N, ...]
function Distribution:mean() return not_there(self, "mean") end

--- The variance of each element.
---@return aelua.Tensor [N, ...]
function Distribution:variance() return not_there(self, "variance") end

local estimated = { samples = { type = "integer", min = 1 }, z = { type = "userdata" } }

local function check_estimate(who, given)
  local o = options.check(who, given, estimated)
  errors.check(not (o.samples and o.z), "invalid", "%s: of samples and z only one can be", who)
  return o
end

-- The values that an estimate is made from; nil: none were asked for.
local function values_of(self, o) return o.z or (o.samples and self:sample(o.samples)) or nil end

-- [S, N] or [N] -> [N].
local function over_draws(t) return t.ndim > 1 and ops.mean(t, 1) or t end

--- The entropy, in nats. Where there is no closed form `samples` asks for a
--- Monte Carlo estimate from that many values.
---@param given? { samples?: integer }
---@return aelua.Tensor [N]
function Distribution:entropy(given)
  local who = self.class_name .. ":entropy"
  local o = check_estimate(who, given)
  local z = values_of(self, o)
  if z then return -over_draws(self:log_prob(z)) end
  if self.closed_entropy then return self:closed_entropy() end
  return errors.raise("unsupported", ("%s: there is no closed form; { samples = 100 } estimates it"):format(who), 2)
end

--- The Kullback-Leibler divergence from another distribution, in nats: a closed
--- form where both are of one family. Else, and wherever it is asked for, the mean
--- of log_prob(z) - other:log_prob(z): over `samples` new values, or of the given
--- values z, as a model does that has drawn them already. Of an estimate the gradient
--- is whole where samples are reparameterised; else it lacks what passes through z.
---@param other aelua.Distribution
---@param given? { samples?: integer, z?: aelua.Tensor }
---@return aelua.Tensor [N]
function Distribution:kl(other, given)
  local who = self.class_name .. ":kl"
  errors.check(Distribution.is(other), "invalid", "%s wants a distribution, got %s", who, type(other))
  local z = values_of(self, check_estimate(who, given))
  if z then return over_draws(self:log_prob(z) - other:log_prob(z)) end
  if self.closed_kl and self.family == other.family then return self:closed_kl(other) end
  return errors.raise("unsupported", ("%s: there is no closed form of %s from %s; { samples = 100 } estimates it"):format(
    who, self.class_name, other.class_name), 2)
end

--- The shape of what `draw(count)` gives, and of noise for it.
---@param count? integer
---@param shape? integer[] default: of a value
---@return integer[]
function Distribution:drawn_shape(count, shape)
  shape = shape or self:shape()
  return count and { count, table.unpack(shape) } or shape
end

return Distribution
