local core = require "aelua.core"
local Optimizer = require "aelua.optim.optimizer"

--- RMSprop: v = rho * v + (1 - rho) * g^2 and w = w - lr * g / (sqrt(v) + eps).
--- Centered, the mean of g, squared, is taken off v; with momentum, what is
--- subtracted is lr times a velocity u = momentum * u + g / (sqrt(v) + eps).
---@class aelua.RMSprop: aelua.Optimizer
local RMSprop = Optimizer:extend("RMSprop")

RMSprop.declared = Optimizer.declare(0.01, {
  rho = { type = "number", default = 0.99, min = 0, max = 1 },
  eps = { type = "number", default = 1e-8, min = 0 },
  momentum = { type = "number", default = 0, min = 0, max = 1 },
  centered = { type = "boolean", default = false },
})

---@class aelua.RMSpropOptions: aelua.OptimizerOptions
---@field lr? number learning rate, default 0.01
---@field rho? number share of v and the mean that is kept, default 0.99
---@field eps? number default 1e-8
---@field momentum? number share of u that is kept, default 0: none
---@field centered? boolean default false

---@param given? aelua.RMSpropOptions
--- Beside these l2, clip_value and clip_norm, as for every optimiser (optim.Optimizer).
function RMSprop:init(given) Optimizer.init(self, given) end

function RMSprop:states(o)
  return { v = 0, mean = o.centered and 0 or nil, velocity = o.momentum > 0 and 0 or nil }
end

function RMSprop:update(group, run, clip, scale)
  local o, state = group.options, run.state
  core.ops.rmsprop_step(run.w, run.g, state.v, state.mean, state.velocity,
    o.lr, o.rho, o.eps, o.momentum, clip, scale, 2 * o.l2)
end

return RMSprop
