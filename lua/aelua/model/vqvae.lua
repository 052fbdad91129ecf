--- The vector-quantised VAE (van den Oord, Vinyals, Kavukcuoglu, "Neural discrete
--- representation learning", NeurIPS 2017): every vector that the encoder gives is
--- replaced by the nearest of K codes, which are learned, and gradients pass straight
--- through:
---   loss = -log p(x | code) + |sg[z] - code|^2 + commitment |z - sg[code]|^2
--- sg[] is taken as a constant, z what the encoder gives; all are summed over a
--- sample. The middle term, `codebook`, is there with decay = false alone: else the
--- codes follow the mean of their vectors (appendix A.1); see nn.VectorQuantizer.
---
---   local vqvae = ae.VQVAE {
---     input = train.shape, codes = 128,
---     encoder = nn.Sequential { ..., nn.Conv2d(16, 1) },          -- [N, 7, 7, 16]: 49 vectors of 16 numbers
---     decoder = nn.Sequential { nn.ConvTranspose2d(...), ... },
---     likelihood = { "gaussian", variance = 0.05 },
---   }
---   local tokens = vqvae:tokens(test)                             -- [N, 7, 7] i32, numbers of codes
---   vqvae:decode(tokens)                                          -- what vqvae:decode(vqvae:encode(test)) is
---
--- Each epoch reports, beside the terms, the perplexity of all its codes and how many
--- of them came at all.
---
--- Not here: a prior over tokens, for which the paper trains a model of its own.
--- `sample` takes one: vqvae:sample(64, { from = function(n) return tokens or codes end }).
local Usage = require "aelua.model.usage"
local errors = require "aelua.base.errors"
local shapes = require "aelua.base.shapes"

---@class aelua.VQVAEOptions: aelua.ModelOptions
---@field codes integer K
---@field likelihood? any as of every variational model; default "bernoulli"
---@field commitment? number|aelua.Schedule weight of the term of that name, default 0.25; reported as `commitment_weight`
---@field decay? number|false of the moving average of the codes, default 0.99; false: they are trained
---@field revive? number vectors a batch below which a code begins anew, default 1; 0: never

---@param models table those made before
---@param tools aelua.ModelTools
return function(models, tools)
  local VariationalModel = models.VariationalModel

  ---@class aelua.VQVAE: aelua.VariationalModel
  ---@field posterior aelua.VectorQuantizer from what the encoder gives to codes
  local VQVAE = VariationalModel:member("VQVAE", {
    options = {
      codes = { required = true, type = "integer", min = 1 },
      commitment = { type = { "number", "table" }, default = 0.25 },
      decay = { type = { "number", "boolean" }, default = 0.99, min = 0, max = 1 },
      revive = { type = "number", min = 0 },
    },
    weights = { "commitment" },
    without = { "latent", "prior", "bound", "flow" },
  })

  VQVAE.pass_values = { "perplexity", "codes_used" }

  function VQVAE:make_posterior(o)
    local features = self:within(self.encoder, "build", self.input)
    return tools.nn.VectorQuantizer(o.codes, features[#features], { decay = o.decay, revive = o.revive })
  end

  --- Files keep what make_posterior is made from among the class's options.
  function VQVAE:describe_posterior() end

  function VQVAE:objective(codes, target)
    local raw = self:generate(codes)
    local reconstruction = self.likelihood:nll(raw, target)
    local terms = self.posterior:distances()
    local usage = self._usage and self._usage[#self._usage]
    if usage then usage:add(self.posterior:last_counts()) end
    local loss = reconstruction + terms.commitment * self:weight "commitment"
    if terms.codebook then loss = loss + terms.codebook end
    terms.reconstruction = reconstruction
    return loss, terms, raw
  end

  -- ---- Training ----

  function VQVAE:begin_pass(run)
    VariationalModel.begin_pass(self, run)
    if run then self._usage = {} end
    self._usage = self._usage or {}
    table.insert(self._usage, Usage())
  end

  function VQVAE:end_pass(run)
    VariationalModel.end_pass(self, run)
    local usage = table.remove(self._usage)
    local perplexity, used = nil, nil
    if usage then perplexity, used = usage:measure() end
    if run and used == 1 and self.codes > 1 and not self._collapsed then
      self._collapsed = true
      run:warn(("%s: the codebook has collapsed: in epoch %d all vectors came to one code, which says nothing of the "
        .. "input; a decay with revive, or a smaller learning rate may help"):format(self.class_name, run.epoch))
    end
    return { perplexity = perplexity, codes_used = used }
  end

  -- ---- Asking ----

  --- The codes of a prepared batch.
  function VQVAE:encode_batch(x, batch) return self:infer(x, self:condition(batch)) end

  function VQVAE:tokens_of(x) return self.posterior:encode(self:within(self.encoder, "forward", x)) end

  function VQVAE:code_of(tokens) return self.posterior:decode(tokens) end

  function VQVAE:symbols() return self.posterior.codes end

  function VQVAE:prior()
    return errors.raise("unsupported", ("%s has no prior of codes: sample(n, { from = ... }) takes what gives codes %s or "
      .. "their numbers"):format(self.class_name, shapes.batch_text(self.code)), 2)
  end

  require "aelua.model.tokens"(VQVAE, VariationalModel, tools)
  return VQVAE
end
