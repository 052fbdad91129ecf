--- The VAE whose codes are categories (Jang, Gu, Poole, "Categorical
--- reparameterization with Gumbel-softmax", ICLR 2017; Maddison, Mnih, Teh, "The
--- concrete distribution", ICLR 2017): `variables` of them, each one of `categories`
--- as a vector of zeros and a one, which in training is relaxed by a temperature:
---   loss = -log p(x | z) + beta KL(q(z | x) || p(z)),   all categories equally likely in p
--- the divergence that of the categories themselves, as Jang and others have it.
---
---   local model = ae.CategoricalVAE {
---     input = train.shape, variables = 30, categories = 10,
---     encoder = nn.Sequential { nn.Flatten(), nn.Dense(400, "relu") },
---     decoder = nn.Sequential { nn.Flatten(), nn.Dense(400, "relu"), nn.Dense(train.shape) },
---     temperature = ae.schedule.linear { from = 1, to = 0.5, epochs = 10 },
---   }
---   model:encode(test), model:tokens(test)              -- [N, 30, 10] and i32 [N, 30], the likeliest categories
---
--- decode and `from` of sample take tokens too. In evaluation codes are drawn as zeros and ones, so that elbo and log_likelihood
--- are of the discrete model; active_units counts the probabilities that vary.
local core = require "aelua.core"
local errors = require "aelua.base.errors"

local ops = core.ops

-- A schedule of temperatures is looked at this often before it is believed to stay above 0.
local looks = 200

---@class aelua.CategoricalVAEOptions: aelua.ModelOptions
---@field variables integer
---@field categories integer of each
---@field likelihood? any as of every variational model; default "bernoulli"
---@field beta? number|aelua.Schedule weight of the divergence from the prior, default 1
---@field temperature? number|aelua.Schedule above 0, default 1
---@field hard? boolean zeros and ones in training too; see nn.GumbelSoftmax; default false

---@param models table those made before
---@param tools aelua.ModelTools
return function(models, tools)
  local VAE = models.VAE

  ---@class aelua.CategoricalVAE: aelua.VAE
  ---@field posterior aelua.GumbelSoftmax
  local CategoricalVAE = VAE:member("CategoricalVAE", {
    options = {
      variables = { required = true, type = "integer", min = 1 },
      categories = { required = true, type = "integer", min = 2 },
      temperature = { type = { "number", "table" }, above = 0, default = 1 },
      hard = { type = "boolean", default = false },
    },
    weights = { "beta", "temperature" },
    without = { "latent", "prior", "bound", "free_bits", "flow" },
  })

  ---@param given aelua.CategoricalVAEOptions
  function CategoricalVAE:init(given)
    VAE.init(self, given)
    local schedule = self._weights.temperature
    for i = 0, type(schedule) == "table" and looks or -1 do
      local value = schedule:at(i / looks)
      errors.check(value > 0, "invalid", "%s: temperature wants a schedule of numbers above 0, this one gives %s",
        self.class_name, value)
    end
  end

  function CategoricalVAE:make_posterior(o) return tools.nn.GumbelSoftmax(o.variables, o.categories, { hard = o.hard }) end

  --- Files keep what make_posterior is made from among the class's options.
  function CategoricalVAE:describe_posterior() end

  function CategoricalVAE:infer(x, condition)
    if self.training then self.posterior.temperature = self:weight "temperature" end
    return VAE.infer(self, x, condition)
  end

  function CategoricalVAE:prior() return tools.dist.OneHot(ops.zeros { 1, table.unpack(self.code) }) end

  --- The codes of a prepared batch: the likeliest categories.
  function CategoricalVAE:encode_batch(x, batch) return self:infer(x, self:condition(batch)):mode() end

  function CategoricalVAE:tokens_of(x, batch) return ops.argmax(self:infer(x, self:condition(batch)):logits(), -1) end

  function CategoricalVAE:code_of(tokens) return ops.one_hot(tokens, self:symbols(), { dtype = core.real }) end

  function CategoricalVAE:symbols() return self.posterior.categories end

  require "aelua.model.tokens"(CategoricalVAE, VAE, tools)
  return CategoricalVAE
end
