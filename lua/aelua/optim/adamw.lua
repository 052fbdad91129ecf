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
---@field weight_decay? number

---@param given? aelua.AdamWOptions
--- weight_decay: default 0.01. The rest as for Adam: lr: default 0.001. beta1:
--- default 0.9. beta2: default 0.999. eps: default 1e-8. amsgrad: default false.
--- l2: default 0. clip_value, clip_norm: default none.
function AdamW:init(given) Adam.init(self, given) end

function AdamW:update(group, run, clip, scale)
  local o = group.options
  Adam.update(self, group, run, clip, scale, 1 - o.lr * o.weight_decay)
end

return AdamW
