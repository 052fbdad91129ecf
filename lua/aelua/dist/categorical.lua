--- One of C classes, by logits in the last dimension: probabilities are their
--- softmax. Classes count from 1.
local core = require "aelua.core"
local Distribution = require "aelua.dist.distribution"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"

local ops = core.ops

---@class aelua.Categorical: aelua.Distribution
---@field classes integer
local Categorical = Distribution:extend("Categorical")
Categorical.family = "Categorical"

---@param logits aelua.Tensor [N, ..., C]
function Categorical:init(logits, ...)
  options.no_more(self.class_name, "logits", ...)
  self:take({ logits }, { "logits" })
  errors.check(self.event > 0, "shape", "%s: logits wants [N, ..., C], got %s", self.class_name, shapes.text(logits.shape))
  self.event = self.event - 1
  self.classes = logits.shape[self.event + 2]
end

---@return aelua.Tensor [N, ..., C]
function Categorical:logits() return self.parameters[1] end

--- The probability of each class.
---@return aelua.Tensor [N, ..., C]
function Categorical:probabilities() return ops.softmax(self.parameters[1]) end

function Categorical:shape()
  local shape = self.parameters[1].shape
  shape[#shape] = nil
  return shape
end

--- Classes have no mean: raises; `probabilities` says how likely each is.
function Categorical:mean()
  errors.raise("unsupported", ("%s: classes have no mean; probabilities() says how likely each is"):format(self.class_name), 2)
end

-- The largest of logit - log(an exponential number) is drawn as often as its
-- probability says (Gumbel, 1954).
function Categorical:draw(count)
  local logits = self.parameters[1]
  local noise = ops.rand(self:drawn_shape(count, logits.shape))
  return ops.argmax(logits - ops.log(-ops.log1p(-noise)), -1)
end

---@param x aelua.Tensor [N, ...] i32, from 1, or [S, N, ...]
---@return aelua.Tensor [N], or [S, N]
function Categorical:log_prob(x)
  self:check_value(x, "i32")
  local logits, shape, wanted = self.parameters[1], x.shape, self:shape()
  if not shapes.equal(shape, wanted) then
    shape[#shape + 1] = self.classes
    local leading = #shape - logits.ndim
    for i = 1, #wanted do
      errors.check(shape[leading + i] == wanted[i] or wanted[i] == 1, "shape",
        "%s:log_prob wants values %s, or more in a first dimension, got %s", self.class_name, shapes.text(wanted),
        shapes.text(x.shape))
    end
    logits = ops.expand(logits, shape)
  end
  if x.ndim == self.event + 1 then return -ops.cross_entropy_logits(logits, x, nil, nil, "per_sample") end
  return -self:per_sample(ops.cross_entropy_logits(logits, x, nil, nil, "none"))
end

-- Sums p times `of` over classes and event.
local function expected(self, of) return self:per_sample(ops.sum(self:probabilities() * of, -1)) end

function Categorical:closed_entropy() return -expected(self, ops.log_softmax(self.parameters[1])) end

function Categorical:closed_kl(other)
  errors.check(self.classes == other.classes, "shape", "%s:kl wants %d classes, got %d", self.class_name, self.classes,
    other.classes)
  return expected(self, ops.log_softmax(self.parameters[1]) - ops.log_softmax(other.parameters[1]))
end

return Categorical
