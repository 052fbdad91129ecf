--- The beta-VAE (Higgins and others, "beta-VAE: Learning basic visual concepts with a
--- constrained variational framework", ICLR 2017): the VAE with a beta of more than
--- 1, here 4 unless it is given. With `capacity` the form of Burgess and others,
--- "Understanding disentangling in beta-VAE", 2018, in which the divergence is held at
--- a capacity C that usually rises:
---   loss = -log p(x | z) + gamma |KL - C|,   KL the batch's mean
---
---   ae.BetaVAE { ..., capacity = ae.schedule.linear { from = 0, to = 25, epochs = 30 }, gamma = 1000 }
local core = require "aelua.core"
local errors = require "aelua.base.errors"

local ops = core.ops

---@class aelua.BetaVAEOptions: aelua.VAEOptions
---@field beta? number|aelua.Schedule default 4; not beside capacity
---@field capacity? number|aelua.Schedule nats
---@field gamma? number|aelua.Schedule weight of the distance from the capacity, default 1000

---@param models table those made before
return function(models)
  local VAE = models.VAE

  ---@class aelua.BetaVAE: aelua.VAE
  local BetaVAE = VAE:member("BetaVAE", {
    options = {
      beta = { type = { "number", "table" } },
      capacity = { type = { "number", "table" } },
      gamma = { type = { "number", "table" } },
    },
    weights = { "beta", "capacity", "gamma" },
  })

  ---@param given aelua.BetaVAEOptions
  function BetaVAE:init(given)
    local o = {}
    if type(given) == "table" then
      for key, value in pairs(given) do o[key] = value end
      errors.check(o.capacity == nil or o.beta == nil, "invalid", "%s: of beta and capacity only one can be", self.class_name)
      errors.check(o.gamma == nil or o.capacity ~= nil, "invalid", "%s: gamma wants capacity", self.class_name)
      if o.capacity == nil then o.beta = o.beta or 4 else o.gamma = o.gamma or 1000 end
    end
    VAE.init(self, type(given) == "table" and o or given)
  end

  function BetaVAE:objective(q, target, condition)
    if not self._weights.capacity then return VAE.objective(self, q, target, condition) end
    local raw = self:generate(q:sample(), condition)
    local reconstruction = self.likelihood:nll(raw, target)
    local kl, terms = self:divergence(q)
    terms.reconstruction = reconstruction
    local apart = ops.abs(ops.mean(kl) - self:weight "capacity")
    return reconstruction + apart * self:weight "gamma", terms, raw
  end

  return BetaVAE
end
