local Adam = require "aelua.optim.adam"

--- Adam with decoupled weight decay: before each step w = (1 - lr * weight_decay) * w,
--- which does not pass through Adam's means (Loshchilov, Hutter, Decoupled weight
--- decay regularization, ICLR 2019). It is not the gradient of any penalty: for
--- that there is l2, here as in every optimiser.
---@class aelua.AdamW: aelua.Adam
local AdamW = Adam:extend("AdamW")

AdamW.declared = Adam.declare(0.001, {
  amsgrad = Adam.declared.amsgrad,
  weight_decay = { type = "number", default = 0.01, min = 0 },
})

---@class aelua.AdamWOptions: aelua.AdamOptions
---@field lr? number learning rate, default 0.001
---@field beta1? number share of m that is kept, default 0.9
---@field beta2? number share of v that is kept, default 0.999
---@field eps? number default 1e-8
---@field amsgrad? boolean default false
---@field weight_decay? number default 0.01

---@param given? aelua.AdamWOptions
--- Beside these l2, clip_value and clip_norm, as for every optimiser (optim.Optimizer).
function AdamW:init(given) Adam.init(self, given) end

function AdamW:update(group, run, clip, scale)
  local o = group.options
  Adam.update(self, group, run, clip, scale, 1 - o.lr * o.weight_decay)
end

return AdamW
