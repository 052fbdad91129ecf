--- The base of variational models: an encoder and a layer that gives a
--- distribution of codes, a prior of codes, a decoder, and the likelihood of data
--- given what the decoder gives. A member of the family is a class that states its
--- loss:
---
---   local Mine = VariationalModel:member("Mine")          -- or :extend, of one's own
---   function Mine:objective(q, target, condition)
---     local raw = self:generate(q:sample(), condition)
---     local reconstruction = self.likelihood:nll(raw, target)                       -- [N], nats
---     local kl, terms = self:divergence(q)
---     terms.reconstruction = reconstruction
---     return reconstruction + kl, terms, raw
---   end
---
--- objective gives what is minimised, [N] or a scalar; the terms, reported as means
--- over samples beside it; and what the decoder gave for each sample. Everything is
--- in nats per sample: sums over elements, means over samples.
---
--- Likelihoods: "bernoulli" and "continuous_bernoulli" (the decoder gives logits of
--- data in 0..1), "gaussian" with variance = a number, "learned", "optimal" (the
--- batch's mean squared error) or "per_pixel" (means, then as many logarithms of
--- variances, in the last dimension) and "categorical" with classes = 256 (logits of
--- levels, in a further dimension).
---
--- The posterior is normal, its dimensions apart; `flow` makes more of it: see nn.Variational.
---
--- After training: encode, decode, reconstruct; sample, traverse, manifold,
--- interpolate (sampling.lua); elbo, log_likelihood (evidence.lua).
---
--- Hooks, where a member differs: make_posterior(o), the layer from features to
--- codes, and describe_posterior(config, writer) for files; infer(x, condition), what
--- the encoder makes of inputs; condition(batch), join(t, condition) and
--- joined_shape(shape), for models that are told more than the input. Active units
--- are counted where infer gives distributions.
local core = require "aelua.core"
local Units = require "aelua.model.units"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local parts = require "aelua.model.parts"
local shapes = require "aelua.base.shapes"
local weights = require "aelua.model.weights"

local ops = core.ops

---@class aelua.VariationalModelOptions: aelua.ModelOptions
---@field latent integer numbers in a code
---@field likelihood? any "bernoulli" (default), "continuous_bernoulli", "gaussian", "categorical", { "gaussian", variance = 0.1 }
---@field prior? any "standard" (default), { "mixture", components = 10 }, { "vamp", pseudo_inputs = 500 }
---@field bound? number[] { low, high } of the logarithm of the posterior's variance; default: none
---@field flow? any "householder", { "iaf", steps = 2, hidden = 320 }; see nn.Variational; default: none

local declared = parts.declare {
  latent = { required = true, type = "integer", min = 1 },
  likelihood = { default = "bernoulli" },
  prior = { default = "standard" },
  bound = { type = "table" },
  flow = { type = { "string", "table" } },
}

---@param Model aelua.Model
---@param tools aelua.ModelTools
return function(Model, tools)
  local nn = tools.nn
  local likelihoods = require "aelua.model.likelihood"(tools)

  ---@class aelua.VariationalModel: aelua.Model
  ---@field posterior aelua.Variational from features to a distribution of codes
  ---@field likelihood aelua.Likelihood
  ---@field latent integer? numbers in a code
  ---@field Likelihood aelua.Likelihood the class to extend for a likelihood of one's own
  local VariationalModel = Model:extend("VariationalModel")
  VariationalModel.Likelihood = likelihoods.Likelihood
  VariationalModel.declared = declared
  VariationalModel.weight_names = {}
  VariationalModel.own_options = {}
  VariationalModel.pass_values = { "active_units" }

  --- A class of the family, which files know by its name. `own`: `options`, further
  --- ones, which files keep (numbers, strings, booleans); `weights`, the names of
  --- those that are weights; `without`, options of all that it does not have.
  ---@param name string
  ---@param own? { options?: table<string, aelua.Option>, weights?: string[], without?: string[] }
  ---@return aelua.VariationalModel
  function VariationalModel:member(name, own)
    own = own or {}
    local class = self:extend(name)
    class.declared, class.own_options = {}, table.move(self.own_options, 1, #self.own_options, 1, {})
    class.weight_names = own.weights or self.weight_names
    for _, list in ipairs { self.declared, own.options or {} } do
      for key, option in pairs(list) do class.declared[key] = option end
    end
    for _, key in ipairs(own.without or {}) do class.declared[key] = nil end
    local is_weight = {}
    for _, key in ipairs(class.weight_names) do is_weight[key] = true end
    for key in pairs(own.options or {}) do
      if not is_weight[key] then class.own_options[#class.own_options + 1] = key end
    end
    function class.from_config(config, reader) return class:read(config, reader) end
    return nn.register(class)
  end

  ---@param given aelua.VariationalModelOptions
  function VariationalModel:init(given)
    local who = self.class_name
    errors.check(type(given) == "table", "invalid", "%s wants a table of options, got %s", who, type(given))
    local o = options.check(who, given, self.declared)
    parts.take(self, o, tools)
    self.input = shapes.check(who, o.input)
    errors.check(#self.input > 0, "unsupported", "%s: input wants one shape, got named ones", who)
    self.latent = o.latent and math.tointeger(o.latent)
    for _, key in ipairs(self.own_options) do self[key] = o[key] end
    self._weights = {}
    for _, name in ipairs(self.weight_names) do
      if o[name] ~= nil then self._weights[name] = weights.check(who, name, o[name], tools) end
    end
    o.likelihood = likelihoods.get(who, o.likelihood)
    self.encoder = o.encoder
    self.posterior = self:make_posterior(o)
    self.decoder = o.decoder
    self.likelihood = o.likelihood
    self:connect(o.target and shapes.check(who, o.target) or self.input)
  end

  --- The layer from features to distributions of codes.
  ---@param o table the model's options; `likelihood` is made already
  ---@return aelua.Module
  function VariationalModel:make_posterior(o)
    return nn.Variational(self.latent, { prior = o.prior, free_bits = o.free_bits, bound = o.bound, flow = o.flow })
  end

  --- Builds all parts, and checks that the decoder gives what the likelihood takes.
  function VariationalModel:connect(wanted)
    local who = self.class_name
    local features = self:within(self.encoder, "build", self.input)
    self.code = self:within(self.posterior, "build", self:joined_shape(features))
    local prior = self.posterior.prior
    if prior and prior.attach then prior:attach(function(x) return self:infer(x) end, self.input) end
    local raw = self:within(self.decoder, "build", self:joined_shape(self.code))
    local decoded = self.likelihood:decoded(wanted)
    if not shapes.equal(raw, decoded) then
      local what = wanted == self.input and "input" or "target"
      if decoded ~= wanted then what = ("likelihood %s of the %s %s"):format(self.likelihood.kind, what, shapes.text(wanted)) end
      errors.raise("shape", ("%s: %s"):format(who, nn.size_hint(self, self.decoder, raw, decoded, what)))
    end
    self.likelihood:check_decoder(who, self.decoder)
    self.output = wanted
  end

  -- ---- What members are made of ----

  --- What a model is told beside the input; nil: nothing.
  ---@param _batch table?
  ---@return aelua.Tensor?
  function VariationalModel:condition(_batch) return nil end

  --- Features or codes with the condition beside them.
  ---@param t aelua.Tensor [N, D]
  ---@param _condition aelua.Tensor?
  ---@return aelua.Tensor
  function VariationalModel:join(t, _condition) return t end

  --- The shape of what join gives.
  ---@param shape integer[]
  ---@return integer[]
  function VariationalModel:joined_shape(shape) return shape end

  --- The distribution of codes of prepared inputs.
  ---@param x aelua.Tensor [N, ...]
  ---@param condition? aelua.Tensor
  ---@return aelua.Posterior
  function VariationalModel:infer(x, condition)
    return self:within(self.posterior, "forward", self:join(self:within(self.encoder, "forward", x), condition))
  end

  --- What the decoder gives for codes, as the likelihood takes it.
  ---@param z aelua.Tensor [N, latent]
  ---@param condition? aelua.Tensor
  ---@return aelua.Tensor
  function VariationalModel:generate(z, condition)
    return self:within(self.decoder, "forward", self:join(z, condition))
  end

  --- The prior of codes, one distribution.
  ---@return aelua.Distribution
  function VariationalModel:prior()
    local prior = self.posterior.prior
    errors.check(prior, "unsupported", "%s has no prior of codes", self.class_name)
    return prior:distribution()
  end

  --- The divergence from the prior as the loss has it, and as it is reported: `kl`,
  --- and with free bits what they add to it, `free_bits`.
  ---@param q aelua.Posterior
  ---@return aelua.Tensor [N]
  ---@return table<string, aelua.Tensor> terms
  function VariationalModel:divergence(q)
    local kl = q:kl()
    if not q.free_bits then return kl, { kl = kl } end
    local plain = q:divergence()
    return kl, { kl = plain, free_bits = kl - plain }
  end

  --- A weight at the time that the model has been trained for.
  ---@param name string
  ---@return number
  function VariationalModel:weight(name)
    local run, at = self._run, self._at
    if run and self.training then
      at = { epochs = self._before.epochs + run.epoch - 1, steps = self._before.steps + run.step }
      self._at = at
    end
    return weights.value(self.class_name, name, self._weights[name], at and at.epochs or 0, at and at.steps or 0)
  end

  -- ---- Training ----

  --- See fit.lua. Schedules go on where the last fit ended.
  function VariationalModel:begin_pass(run)
    if run then
      if run ~= self._run then
        local at = self._at
        self._before = { epochs = at and at.epochs + 1 or 0, steps = at and at.steps + 1 or 0 }
        self._run = run
      end
      self._passes = {}
    end
    local passes = self._passes or {}
    passes[#passes + 1] = Units()
    self._passes = passes
  end

  function VariationalModel:end_pass(run)
    local units = table.remove(self._passes)
    local active = units and units:active()
    if run and active == 0 and not self._collapsed then
      self._collapsed = true
      run:warn(("%s: the posterior has collapsed: after epoch %d no unit of the code is active, codes say nothing of the "
        .. "input; a beta that rises (ae.schedule.linear), a smaller one, or free_bits may help"):format(self.class_name,
        run.epoch))
    end
    return { active_units = active }
  end

  local function observe(self, q)
    local passes = self._passes
    if passes and #passes > 0 and tools.dist.Distribution.is(q) then passes[#passes]:add(core.no_grad(q.mean, q)) end
  end

  local function mean(value)
    if type(value) == "number" or value.ndim == 0 then return value end
    return ops.mean(value)
  end

  --- See Model. Terms: those of the class, each of its weights by name (`x_weight` where
  --- a term is called x), and penalties on weights and activities.
  function VariationalModel:losses(batch, wants_prediction)
    local input = self:prepare(batch.input)
    local target = batch.target and self:prepare(batch.target) or input
    self.likelihood:check_data(self.class_name, target)
    local condition = self:condition(batch)
    local q = self:infer(parts.corrupted(self, input), condition)
    local loss, terms, raw = self:objective(q, target, condition)
    local total, reported = mean(loss), {}
    for name, value in pairs(terms) do reported[name] = mean(value) end
    for name in pairs(self._weights) do reported[terms[name] and name .. "_weight" or name] = self:weight(name) end
    local penalties = self:penalties()
    for _, name in ipairs(parts.sorted_names(penalties)) do
      reported[name] = penalties[name]
      total = total + penalties[name]
    end
    observe(self, q)
    local prediction
    if wants_prediction then
      prediction = core.no_grad(function() return self:restore(self.likelihood:mean(raw)) end)
    end
    return total, reported, prediction
  end

  --- What the class minimises; see the head of variational.lua.
  function VariationalModel:objective()
    return errors.raise("unsupported", ("%s has no method objective"):format(self.class_name), 2)
  end

  function VariationalModel:check_data(who, set)
    Model.check_data(self, who, set)
    self:check_targets(who, set)
  end

  -- ---- Asking ----

  --- The codes of a prepared batch: posterior means.
  function VariationalModel:encode_batch(x, batch) return self:infer(x, self:condition(batch)):mean() end

  --- The results of a batch of codes: what is expected of the data.
  function VariationalModel:decode_batch(z, batch)
    return self.likelihood:mean(self:generate(z, self:condition(batch)))
  end

  -- ---- Files ----

  function VariationalModel:config(writer)
    local config = parts.describe(self, writer)
    config.latent, config.likelihood = self.latent, likelihoods.describe(self.likelihood)
    self:describe_posterior(config, writer)
    for _, key in ipairs(self.own_options) do config[key] = self[key] end
    for name, weight in pairs(self._weights) do config[name] = weights.describe(name, weight, writer, tools) end
    config.trained = self._at
    return config
  end

  --- Adds to a description what make_posterior was made from.
  function VariationalModel:describe_posterior(config, writer)
    local posterior = self.posterior
    config.prior = writer:describe(posterior.prior)
    config.free_bits, config.bound = posterior.free_bits, posterior.bound
    config.flow = posterior.flow and writer:describe(posterior.flow)
  end

  --- The model that a description stands for.
  function VariationalModel:read(config, reader)
    errors.check(reader.given.loss == nil, "invalid", "%s states its own loss; load_model's option is for those that do not",
      self.class_name)
    local o = parts.read(config, reader, tools)
    for _, key in ipairs { "latent", "likelihood", "free_bits", "bound" } do o[key] = config[key] end
    if config.prior and self.declared.prior then o.prior = reader:build(config.prior, "prior") end
    if config.flow then o.flow = reader:build(config.flow, "flow") end
    for _, key in ipairs(self.own_options) do o[key] = config[key] end
    for _, name in ipairs(self.weight_names) do o[name] = weights.read(config[name], tools) end
    local model = self(o)
    local at = config.trained
    if type(at) == "table" and type(at.epochs) == "number" and type(at.steps) == "number" then
      model._at = { epochs = at.epochs, steps = at.steps }
    end
    return model
  end

  require "aelua.model.sampling"(VariationalModel, tools)
  require "aelua.model.evidence"(VariationalModel, tools)
  return VariationalModel
end
