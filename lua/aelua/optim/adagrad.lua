local core = require "aelua.core"
local Optimizer = require "aelua.optim.optimizer"

--- Adagrad: s = s + g^2 and w = w - lr' * g / (sqrt(s) + eps), where lr' =
--- lr / (1 + (t - 1) * lr_decay) at step t.
---@class aelua.Adagrad: aelua.Optimizer
local Adagrad = Optimizer:extend("Adagrad")

Adagrad.declared = Optimizer.declare(0.01, {
  lr_decay = { type = "number", default = 0, min = 0 },
  initial = { type = "number", default = 0, min = 0 },
  eps = { type = "number", default = 1e-10, min = 0 },
})

---@class aelua.AdagradOptions: aelua.OptimizerOptions
---@field lr? number learning rate, default 0.01
---@field lr_decay? number default 0
---@field initial? number what the sums begin with, default 0
---@field eps? number default 1e-10

---@param given? aelua.AdagradOptions
--- Beside these l2, clip_value and clip_norm, as for every optimiser (optim.Optimizer).
function Adagrad:init(given) Optimizer.init(self, given) end

function Adagrad:states(o) return { sum = o.initial } end

function Adagrad:update(group, run, clip, scale)
  local o = group.options
  core.ops.adagrad_step(run.w, run.g, run.state.sum,
    o.lr / (1 + (run.step - 1) * o.lr_decay), o.eps, clip, scale, 2 * o.l2)
end

return Adagrad
