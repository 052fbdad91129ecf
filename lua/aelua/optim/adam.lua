local core = require "aelua.core"
local Optimizer = require "aelua.optim.optimizer"

--- Adam: m = beta1 * m + (1 - beta1) * g, v = beta2 * v + (1 - beta2) * g^2, and
--- w = w - lr * m' / (sqrt(v') + eps), where m' = m / (1 - beta1^t) and
--- v' = v / (1 - beta2^t). With amsgrad, v' is made of the largest v so far.
--- Its l2 is a penalty of the objective and passes through m and v like the rest
--- of the gradient; for decay beside them see AdamW.
---@class aelua.Adam: aelua.Optimizer
local Adam = Optimizer:extend("Adam")

-- The declaration of options that Adam and the methods like it share, `lr` being
-- the default learning rate, and of `more`.
function Adam.declare(lr, more)
  local declared = Optimizer.declare(lr, {
    beta1 = { type = "number", default = 0.9, min = 0, max = 1 - 2 ^ -24 },
    beta2 = { type = "number", default = 0.999, min = 0, max = 1 - 2 ^ -24 },
    eps = { type = "number", default = 1e-8, min = 0 },
  })
  for name, option in pairs(more or {}) do declared[name] = option end
  return declared
end

Adam.declared = Adam.declare(0.001, { amsgrad = { type = "boolean", default = false } })

---@class aelua.AdamOptions: aelua.OptimizerOptions
---@field lr? number learning rate, default 0.001
---@field beta1? number share of m that is kept, default 0.9
---@field beta2? number share of v that is kept, default 0.999
---@field eps? number default 1e-8
---@field amsgrad? boolean default false

---@param given? aelua.AdamOptions
--- Beside these l2, clip_value and clip_norm, as for every optimiser (optim.Optimizer).
function Adam:init(given) Optimizer.init(self, given) end

function Adam:states(o) return { m = 0, v = 0, top = o.amsgrad and 0 or nil } end

-- One step, w multiplied with `decay` before it.
function Adam:update(group, run, clip, scale, decay)
  local o, state = group.options, run.state
  core.ops.adam_step(run.w, run.g, state.m, state.v, state.top,
    o.lr / (1 - o.beta1 ^ run.step), o.beta1, o.beta2, o.eps, (1 - o.beta2 ^ run.step) ^ -0.5, 0, decay,
    clip, scale, 2 * o.l2)
end

return Adam
