--- Categorical codes from features, which gradients pass through: [N, F] -> a
--- distribution of [N, variables, categories], each variable a vector of zeros and a
--- one, its logits a dense layer of the features.
---
---   local encoder = nn.Sequential { nn.Flatten(), nn.Dense(256, "relu"), nn.GumbelSoftmax(30, 10) }
---   local q = encoder:forward(x)          -- q:sample(), q:kl(), q:mean(), q:mode(), q:log_prob(z)
---
--- In training samples are relaxed, by the temperature, which a loop of one's own
--- lowers by layer.temperature = 0.5; in evaluation they are zeros and ones. See
--- dist.OneHot, where the papers are. It is the last layer of a Sequential; what
--- comes next takes q:sample(), and begins with nn.Flatten() if it is dense.
local core = require "aelua.core"
local Dense = require "aelua.nn.dense"
local Module = require "aelua.nn.module"
local OneHot = require("aelua.dist").OneHot
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"

---@class aelua.GumbelSoftmax: aelua.Module
---@field variables integer
---@field categories integer of each
---@field temperature number of training
---@field hard boolean
---@field logits aelua.Dense
local GumbelSoftmax = Module:extend("GumbelSoftmax")
GumbelSoftmax.gives_distribution = true
GumbelSoftmax.whole = true

---@class aelua.GumbelSoftmaxOptions
---@field temperature? number default 1
---@field hard? boolean zeros and ones in training too, with the relaxed vectors' gradient; default false
---@field weight_init? any see nn.init; default "glorot_uniform"

local declared = {
  temperature = { type = "number", above = 0, default = 1 },
  hard = { type = "boolean", default = false },
  weight_init = {},
}

local function whole(name, value, least)
  errors.check(type(value) == "number" and value % 1 == 0 and value >= least, "invalid",
    "GumbelSoftmax wants a number of %s from %d up, got %s", name, least, errors.shown(value))
  return math.tointeger(value)
end

---@param variables integer
---@param categories integer of each
---@param given? aelua.GumbelSoftmaxOptions
function GumbelSoftmax:init(variables, categories, given, ...)
  options.no_more("GumbelSoftmax", "variables, categories and options", ...)
  self.variables, self.categories = whole("variables", variables, 1), whole("categories", categories, 2)
  local o = options.check("GumbelSoftmax", given, declared)
  self.temperature, self.hard = o.temperature, o.hard
  self.logits = Dense({ self.variables, self.categories }, { weight_init = o.weight_init })
end

function GumbelSoftmax:label() return ("%s %d x %d"):format(self.class_name, self.variables, self.categories) end

function GumbelSoftmax:build(shape)
  shape = shapes.check("GumbelSoftmax:build", shape)
  errors.check(#shape == 1, "shape", "wants features [N, F], got %s; nn.Flatten() before it makes them so",
    shapes.batch_text(shape))
  self.input_shape = shape
  return self.logits:build(shape)
end

---@param x aelua.Tensor [N, F]
---@return aelua.OneHot of [N, variables, categories]
function GumbelSoftmax:forward(x)
  errors.check(core.is_tensor(x) and x.ndim == 2, "shape", "GumbelSoftmax wants features [N, F], got %s",
    core.is_tensor(x) and shapes.text(x.shape) or type(x))
  if not self.input_shape then self:build(shapes.of_sample(x)) end
  local logits = self.logits:forward(x)
  if not self.training then return OneHot(logits) end
  return OneHot(logits, { temperature = self.temperature, hard = self.hard })
end

function GumbelSoftmax:config(writer)
  return {
    variables = self.variables, categories = self.categories, temperature = self.temperature, hard = self.hard,
    weight_init = self.logits:config(writer).weight_init,
  }
end

function GumbelSoftmax.from_config(config)
  return GumbelSoftmax(config.variables, config.categories, {
    temperature = config.temperature, hard = config.hard, weight_init = config.weight_init,
  })
end

return GumbelSoftmax
