--- How likely a variational model finds data, in nats: a bound, and an estimate by
--- importance sampling. Where there is a scaler, densities are of the scaled data.
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"

local ops = core.ops

-- Codes that are decoded at once.
local most_decoded = 2048

---@param VariationalModel aelua.VariationalModel
---@param tools aelua.ModelTools
return function(VariationalModel, tools)
  local declared = {
    samples = { type = "integer", min = 1 },
    batch_size = { type = "integer", min = 1, default = 128 },
  }

  -- [N, ...] as [count * N, ...]: all samples, then all again.
  local function repeated(t, count)
    if not t or count == 1 then return t end
    local counts = { count }
    for i = 2, t.ndim do counts[i] = 1 end
    return ops.tile(t, counts)
  end

  --- log p(x, z) - log q(z | x) for `count` codes of each sample, drawn from q; the
  --- reconstruction and the divergence apart.
  ---@param q aelua.Posterior
  ---@param prior aelua.Distribution
  ---@param target aelua.Tensor [N, ...]
  ---@param condition? aelua.Tensor [N, ...]
  ---@param count integer
  ---@return aelua.Tensor nll [count, N]
  ---@return aelua.Tensor divergence [count, N], log q(z | x) - log p(z)
  ---@return aelua.Tensor raw [count * N, ...] what the decoder gave
  function VariationalModel:importance(q, prior, target, condition, count)
    local n = #target
    local z = q:sample(count)
    local raw = self:generate(ops.reshape(z, { count * n, table.unpack(self.code) }), repeated(condition, count))
    local nll = ops.reshape(self.likelihood:nll(raw, repeated(target, count)), { count, n })
    return nll, q:log_prob(z) - prior:log_prob(z), raw
  end

  -- log p(x, z) - log q(z | x) of `samples` codes of each sample, some at once: [samples, N].
  local function ratios(self, prior, target, batch, input, samples)
    local condition = self:condition(batch)
    local q = self:infer(input, condition)
    local at_once = math.max(1, most_decoded // #target)
    local logs = {}
    for first = 1, samples, at_once do
      logs[#logs + 1] = core.scope(function()
        local nll, divergence = self:importance(q, prior, target, condition, math.min(at_once, samples - first + 1))
        return -(nll + divergence)
      end)
    end
    return #logs == 1 and logs[1] or ops.concat(logs, 1)
  end

  -- log p(x) of each sample, estimated: [N].
  local function estimate(all, samples) return ops.logsumexp(all, 1) - math.log(samples) end

  local function bound(all) return ops.mean(all, 1) end

  -- The mean over all samples of what `of` makes of their ratios.
  local function mean(self, method, data, given, default, of)
    local who = ("%s:%s"):format(self.class_name, method)
    local o = options.check(who, given, declared)
    local set = tools.dataset(data)
    errors.check(#set > 0, "invalid", "%s: the data set is empty", who)
    self:check_data(who, set)
    local samples = o.samples or default
    return self:quietly(function()
      local prior, total = self:prior(), 0
      for batch in set:batches { size = math.min(o.batch_size, #set) } do
        total = total + core.scope(function()
          local input = self:prepare(batch.input)
          local target = batch.target and self:prepare(batch.target) or input
          self.likelihood:check_data(who, target)
          return ops.sum(of(ratios(self, prior, target, batch, input, samples), samples)):item()
        end)
        if batch.release then batch:release() end
      end
      return total / #set
    end)
  end

  --- The mean logarithm of the likelihood of samples, estimated by importance sampling
  --- from the posterior: the mean over samples of
  ---   log 1/S sum_s p(x | z_s) p(z_s) / q(z_s | x)
  --- (Burda, Grosse, Salakhutdinov 2016). Too low rather than too high, and less so the
  --- more codes are drawn.
  ---@param data any a data set or a tensor [N, ...]
  ---@param given? { samples?: integer, batch_size?: integer } codes for each sample, default 200; samples at once, default 128
  ---@return number nats per sample
  function VariationalModel:log_likelihood(data, given) return mean(self, "log_likelihood", data, given, 200, estimate) end

  --- The mean evidence lower bound of samples: log p(x | z) less the divergence of z's
  --- posterior from the prior, both at codes drawn, whatever weights the loss has.
  ---@param data any a data set or a tensor [N, ...]
  ---@param given? { samples?: integer, batch_size?: integer } codes for each sample, default 1; samples at once, default 128
  ---@return number nats per sample
  function VariationalModel:elbo(data, given) return mean(self, "elbo", data, given, 1, bound) end
end
