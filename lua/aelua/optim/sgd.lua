local core = require "aelua.core"
local Optimizer = require "aelua.optim.optimizer"
local errors = require "aelua.base.errors"

--- Stochastic gradient descent: w = w - lr * g. With momentum: u = momentum * u
--- + (1 - dampening) * g, the first u being g, and w = w - lr * u; Nesterov's
--- looks ahead: w = w - lr * (g + momentum * u).
---@class aelua.SGD: aelua.Optimizer
local SGD = Optimizer:extend("SGD")

SGD.declared = Optimizer.declare(0.01, {
  momentum = { type = "number", default = 0, min = 0, max = 1 },
  dampening = { type = "number", default = 0, min = 0, max = 1 },
  nesterov = { type = "boolean", default = false },
})

---@class aelua.SGDOptions: aelua.OptimizerOptions
---@field momentum? number
---@field dampening? number
---@field nesterov? boolean

---@param given? aelua.SGDOptions
--- lr: default 0.01. momentum: default 0, none. dampening: default 0.
--- nesterov: default false; wants momentum above 0 and dampening 0. l2: default
--- 0. clip_value, clip_norm: default none.
function SGD:init(given) Optimizer.init(self, given) end

function SGD:check_options(o)
  errors.check(not o.nesterov or (o.momentum > 0 and o.dampening == 0), "invalid",
    "%s: nesterov wants momentum above 0 and dampening 0", self:who())
end

function SGD:states(o) return o.momentum > 0 and { velocity = 0 } or {} end

function SGD:update(group, run, clip, scale)
  local o = group.options
  local fresh = run.step == 1 and 1 or 1 - o.dampening
  core.ops.sgd_step(run.w, run.g, run.state.velocity, o.lr, o.momentum, fresh, o.nesterov, clip, scale, 2 * o.l2)
end

return SGD
