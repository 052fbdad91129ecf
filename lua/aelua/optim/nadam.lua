local core = require "aelua.core"
local Adam = require "aelua.optim.adam"
local Optimizer = require "aelua.optim.optimizer"

--- NAdam: Adam that looks ahead as Nesterov's momentum does (Dozat, Incorporating
--- Nesterov momentum into Adam, 2016). With mu_t = beta1 * (1 - 0.96^(t *
--- momentum_decay) / 2), P_t the product of mu_1 to mu_t, and m and v as in Adam:
--- w = w - lr * ((1 - mu_t) / (1 - P_t) * g + mu_t+1 / (1 - P_t+1) * m) / (sqrt(v') + eps).
---@class aelua.NAdam: aelua.Optimizer
local NAdam = Optimizer:extend("NAdam")

NAdam.declared = Adam.declare(0.002, { momentum_decay = { type = "number", default = 0.004, min = 0 } })

---@class aelua.NAdamOptions: aelua.OptimizerOptions
---@field lr? number learning rate, default 0.002
---@field beta1? number share of m that is kept, default 0.9
---@field beta2? number share of v that is kept, default 0.999
---@field eps? number default 1e-8
---@field momentum_decay? number default 0.004

---@param given? aelua.NAdamOptions
--- Beside these l2, clip_value and clip_norm, as for every optimiser (optim.Optimizer).
function NAdam:init(given) Optimizer.init(self, given) end

function NAdam:states(_o) return { m = 0, v = 0 } end

local function momentum(o, step) return o.beta1 * (1 - 0.5 * 0.96 ^ (step * o.momentum_decay)) end

-- The product of the momenta of steps 1 to `step`. Kept for the steps that the
-- group's parameters have reached, of which there are few.
local function product(group, step)
  local kept = group.products or {}
  group.products = kept
  if not kept[step] then
    local at, value = step - 1, kept[step - 1]
    if value then
      kept[step - 1] = nil
    else
      at, value = 0, 1.0
    end
    for t = at + 1, step do value = value * momentum(group.options, t) end
    kept[step] = value
  end
  return kept[step]
end

function NAdam:update(group, run, clip, scale)
  local o, state, step = group.options, run.state, run.step
  local now, ahead, so_far = momentum(o, step), momentum(o, step + 1), product(group, step)
  core.ops.adam_step(run.w, run.g, state.m, state.v, nil,
    o.lr * ahead / (1 - so_far * ahead), o.beta1, o.beta2, o.eps, (1 - o.beta2 ^ step) ^ -0.5,
    o.lr * (1 - now) / (1 - so_far), 1, clip, scale, 2 * o.l2)
end

return NAdam
