--- One of C classes as a vector of zeros and a one, by logits in the last dimension.
--- With a temperature t the vector is relaxed, so that gradients pass through it:
---   y = softmax((logits + g) / t),   g Gumbel noise: -log(-log(u)), u uniform
--- the closer to zeros and a one, the colder (Jang, Gu, Poole, "Categorical
--- reparameterization with Gumbel-softmax", ICLR 2017; Maddison, Mnih, Teh, "The
--- concrete distribution", ICLR 2017). `hard` gives the vector of zeros and a one next
--- to y, and takes its gradient for that of y.
---
---   local q = ae.dist.OneHot(logits, { temperature = 0.5 })      -- logits [N, variables, C]
---   local z, kl = q:sample(), q:kl()                             -- [N, variables, C], [N]
---
--- mean, entropy and kl are those of the vectors of zeros and a one, whatever the
--- temperature; kl() is from classes that are all equally likely. log_prob is of such
--- vectors too, but with a temperature that is not `hard` the density of relaxed ones
--- (Maddison and others, equation 10).
local core = require "aelua.core"
local Distribution = require "aelua.dist.distribution"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"

local ops = core.ops

-- The smallest that an exponential number is taken to be, where the uniform number is 0: Gumbel noise stays finite.
local least = 1e-20

-- What a number of a relaxed vector counts as at least in its density: cold ones round to 0, where that is infinite.
local smallest = 1e-37

---@class aelua.OneHot: aelua.Distribution
---@field classes integer
---@field temperature number? nil: vectors of zeros and a one
---@field hard boolean
local OneHot = Distribution:extend("OneHot")
OneHot.family = "OneHot"

---@class aelua.OneHotOptions
---@field temperature? number default: none
---@field hard? boolean default false

local declared = { temperature = { type = "number", above = 0 }, hard = { type = "boolean", default = false } }

---@param logits aelua.Tensor [N, ..., C]
---@param given? aelua.OneHotOptions
function OneHot:init(logits, given, ...)
  options.no_more(self.class_name, "logits and options", ...)
  self:take({ logits }, { "logits" })
  local o = options.check(self.class_name, given, declared)
  errors.check(self.event > 0, "shape", "%s: logits wants [N, ..., C], got %s", self.class_name, shapes.text(logits.shape))
  errors.check(o.temperature or not o.hard, "invalid", "%s: hard wants a temperature", self.class_name)
  self.classes = logits.shape[self.event + 1]
  self.temperature, self.hard = o.temperature, o.hard
  self.reparameterised = o.temperature ~= nil
end

---@return aelua.Tensor [N, ..., C]
function OneHot:logits() return self.parameters[1] end

function OneHot:at(places)
  return OneHot(ops.index(self.parameters[1], places), { temperature = self.temperature, hard = self.hard })
end

-- The vector of zeros and a one next to each.
local function nearest(self, t) return ops.one_hot(ops.argmax(t, -1), self.classes, { dtype = core.real }) end

--- The probability of each class: the expectation of the vector.
---@return aelua.Tensor [N, ..., C]
function OneHot:mean() return ops.softmax(self.parameters[1]) end

--- The likeliest vector of zeros and a one.
---@return aelua.Tensor [N, ..., C]
function OneHot:mode() return nearest(self, self.parameters[1]:detach()) end

function OneHot:variance()
  local p = self:mean()
  return p * (1 - p)
end

function OneHot:draw(count)
  local logits = self.parameters[1]
  local uniform = ops.rand(self:drawn_shape(count, logits.shape))
  local noise = -ops.log(ops.maximum(-ops.log1p(-uniform), least))
  if not self.temperature then return nearest(self, logits:detach() + noise) end
  local soft = ops.softmax((logits + noise) * (1 / self.temperature))
  if not self.hard then return soft end
  return soft + (nearest(self, soft:detach()) - soft):detach()
end

-- The density of relaxed vectors, summed over the event's vectors. Constant: log((C - 1)! t^(C - 1)).
local function relaxed_log_prob(self, x)
  local classes, t = self.classes, self.temperature
  local constant = (classes - 1) * math.log(t)
  for i = 2, classes - 1 do constant = constant + math.log(i) end
  local log_x = ops.log(ops.maximum(x, smallest))
  local tilted = self.parameters[1] - log_x * t
  local each = ops.sum(tilted - log_x, -1) - ops.logsumexp(tilted, -1) * classes + constant
  for _ = 2, self.event do each = ops.sum(each, -1) end
  return each
end

function OneHot:log_prob(x)
  self:check_value(x)
  if self.temperature and not self.hard then return relaxed_log_prob(self, x) end
  return self:per_sample(x * ops.log_softmax(self.parameters[1]))
end

function OneHot:closed_entropy() return -self:per_sample(self:mean() * ops.log_softmax(self.parameters[1])) end

--- As of every distribution; without `other` from classes that are all equally likely.
---@param other? aelua.Distribution
---@param given? { samples?: integer, z?: aelua.Tensor }
---@return aelua.Tensor [N]
function OneHot:kl(other, given)
  if other ~= nil then return Distribution.kl(self, other, given) end
  local uniform = OneHot(ops.zeros(self:shape()), { temperature = self.temperature, hard = self.hard })
  return Distribution.kl(self, uniform, given)
end

function OneHot:closed_kl(other)
  errors.check(self.classes == other.classes, "shape", "%s:kl wants %d classes, got %d", self.class_name, self.classes,
    other.classes)
  return self:per_sample(self:mean() * (ops.log_softmax(self.parameters[1]) - ops.log_softmax(other.parameters[1])))
end

return OneHot
