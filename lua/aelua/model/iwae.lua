--- The importance weighted autoencoder (Burda, Grosse, Salakhutdinov, "Importance
--- weighted autoencoders", ICLR 2016): a tighter bound, from `samples` codes of each
--- sample:
---   loss = -log 1/S sum_s p(x | z_s) p(z_s) / q(z_s | x)
--- Reported beside it are the two terms of the usual bound, which is not below it.
local core = require "aelua.core"

local ops = core.ops

---@class aelua.IWAEOptions: aelua.VariationalModelOptions
---@field samples? integer codes of each sample, default 5

---@param models table those made before
return function(models)
  local VariationalModel = models.VariationalModel

  ---@class aelua.IWAE: aelua.VariationalModel
  local IWAE = VariationalModel:member("IWAE", {
    options = { samples = { type = "integer", min = 1, default = 5 } },
  })

  function IWAE:objective(q, target, condition)
    local count = math.tointeger(self.samples)
    local nll, divergence, raw = self:importance(q, self:prior(), target, condition, count)
    local bound = ops.logsumexp(-(nll + divergence), 1) - math.log(count)
    return -bound, { reconstruction = nll, kl = divergence }, ops.narrow(raw, 1, 1, #target)
  end

  return IWAE
end
