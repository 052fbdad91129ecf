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
---@field lr? number learning rate, default 0.01
---@field momentum? number share of u that is kept, default 0: none
---@field dampening? number default 0; above it wants momentum above 0
---@field nesterov? boolean default false; wants momentum above 0 and dampening 0

---@param given? aelua.SGDOptions
--- Beside these l2, clip_value and clip_norm, as for every optimiser (optim.Optimizer).
function SGD:init(given) Optimizer.init(self, given) end

function SGD:check_options(o)
  errors.check(o.dampening == 0 or o.momentum > 0, "invalid", "%s: dampening wants momentum above 0", self:who())
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
