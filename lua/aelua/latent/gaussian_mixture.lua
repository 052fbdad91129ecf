--- A mixture of Gaussians, fitted to codes by expectation and maximisation
--- (Dempster, Laird and Rubin 1977), begun from k-means. Once fitted to a model's
--- codes it is a prior to sample from: model:decode(mixture:sample(64)).
---   p(z) = sum_k w_k N(z; m_k, S_k)
local KMeans = require "aelua.latent.kmeans"
local class = require "aelua.base.class"
local codes_of = require "aelua.latent.codes"
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local matrices = require "aelua.latent.matrices"
local options = require "aelua.base.options"

local ops = core.ops

---@class aelua.GaussianMixture: aelua.Class
---@field weights userdata [k], they add up to 1
---@field means userdata [k, D]
---@field iterations integer
---@field log_likelihood number of the codes that it was fitted to, in nats, mean over codes
local GaussianMixture = class("GaussianMixture")

---@class aelua.GaussianMixtureOptions
---@field covariance? "full"|"diagonal" default "full"
---@field iterations? integer at most so many, default 100
---@field tolerance? number ends when the mean log likelihood rises by less, default 1e-3
---@field floor? number added to every variance, default 1e-6

-- The square roots of variances; nil where one is not above 0.
local function roots(variances)
  local list = {}
  for i, variance in ipairs(variances) do
    if variance <= 0 then return nil end
    list[i] = math.sqrt(variance)
  end
  return list
end

-- A component: its mean, L of its covariance L L^T, the transpose of L's inverse, and log |L|. A diagonal
-- covariance is the list of its variances, and L and the inverse are lists too.
local function component(mean, covariance, full)
  local lower = (full and matrices.cholesky or roots)(covariance)
  errors.check(lower, "invalid", "latent.GaussianMixture: a covariance is not positive definite; give more codes, "
    .. "fewer components%s or a larger floor", full and ", covariance = \"diagonal\"" or "")
  local log_size = 0
  for i = 1, #lower do log_size = log_size + math.log(full and lower[i][i] or lower[i]) end
  local whiten = full and ops.transpose(core.tensor(matrices.inverse_of_lower(lower)))
    or ops.reciprocal(core.tensor(lower))
  return { mean = mean, log_size = log_size, lower = core.tensor(lower), whiten = whiten }
end

-- log N(z; m, S) [N]
local function log_density(codes, one, full)
  local centred = codes - one.mean
  local white = full and ops.matmul(centred, one.whiten) or centred * one.whiten
  return ops.sum(ops.square(white), 2) * -0.5 - (codes.shape[2] * 0.5 * math.log(2 * math.pi) + one.log_size)
end

-- log w_k + log N(z; m_k, S_k) [N, k]
local function joint(self, codes)
  local columns = {}
  for i, one in ipairs(self.components) do columns[i] = log_density(codes, one, self.full) end
  return ops.stack(columns, 2) + ops.log(self.weights)
end

-- The components that fit the codes best where code n belongs to component k by the share shares[n][k].
local function maximise(self, codes, shares, floor)
  local count, features = table.unpack(codes.shape)
  local sizes = ops.sum(shares, 1) + 1e-30
  local means = ops.matmul(ops.transpose(shares), codes) / ops.unsqueeze(sizes, 2)
  self.weights, self.means, self.components = sizes / count, means, {}
  for i = 1, means.shape[1] do
    local mean = means[i]
    local centred = codes - mean
    local share = ops.narrow(shares, 2, i, 1)
    local covariance
    if self.full then
      covariance = (ops.matmul(ops.transpose(centred * share), centred) / sizes[i]
        + ops.eye(features) * floor):totable()
    else
      covariance = (ops.sum(ops.square(centred) * share, 1) / sizes[i] + floor):totable()
    end
    self.components[i] = component(mean, covariance, self.full)
  end
  core.keep { self.weights, self.means, self.components }
end

---@param codes userdata [N, D]
---@param k integer how many components, 1 to N
---@param given? aelua.GaussianMixtureOptions
function GaussianMixture:init(codes, k, given)
  local who = "latent.GaussianMixture"
  codes = codes_of.check(who, codes)
  local o = options.check(who, given, {
    covariance = { type = "string", choices = { "full", "diagonal" }, default = "full" },
    iterations = { type = "integer", default = 100, min = 1 }, tolerance = { type = "number", default = 1e-3, min = 0 },
    floor = { type = "number", default = 1e-6, min = 0 },
  })
  errors.check(math.type(k) == "integer" and k >= 1 and k <= #codes, "invalid", "%s: wants 1 to %d components, got %s",
    who, #codes, errors.shown(k))
  self.full = o.covariance == "full"
  core.scope(function()
    local labels = KMeans(codes, k, { starts = 1 }):assign(codes)
    maximise(self, codes, ops.one_hot(labels, k, { dtype = core.real }), o.floor)
  end)
  local before = -math.huge
  for iteration = 1, o.iterations do
    self.iterations = iteration
    self.log_likelihood = core.scope(function()
      local terms = joint(self, codes)
      local whole = ops.logsumexp(terms, 2, true)
      maximise(self, codes, ops.exp(terms - whole), o.floor)
      return ops.mean(whole):item()
    end)
    if self.log_likelihood - before < o.tolerance then break end
    before = self.log_likelihood
  end
end

--- log p(z) in nats.
---@param codes userdata [N, D]
---@return userdata [N]
function GaussianMixture:log_prob(codes)
  codes = codes_of.check("GaussianMixture:log_prob", codes, self.means.shape[2])
  return ops.logsumexp(joint(self, codes), 2)
end

--- The component that every code most probably came from.
---@param codes userdata [N, D]
---@return userdata [N] i32, from 1
function GaussianMixture:assign(codes)
  codes = codes_of.check("GaussianMixture:assign", codes, self.means.shape[2])
  return ops.argmax(joint(self, codes), 2)
end

--- Random codes, from the stream that ae.seed sets.
---@param n integer
---@return userdata [n, D]
function GaussianMixture:sample(n)
  errors.check(math.type(n) == "integer" and n >= 1, "invalid", "GaussianMixture:sample: wants a count from 1, got %s",
    errors.shown(n))
  local drawn = ops.sample_weighted(self.weights, n, ops.randint({ 1 }, 0, (1 << 30) - 1):totable()[1], 0)
  local counts, parts, order = {}, {}, {}
  for i, k in ipairs(drawn:totable()) do
    counts[k] = (counts[k] or 0) + 1
    order[i] = { k, counts[k] }
  end
  local first, width = {}, self.means.shape[2]
  local total = 0
  for k, one in ipairs(self.components) do
    if counts[k] then
      local noise = ops.randn({ counts[k], width })
      local spread = self.full and ops.matmul(noise, ops.transpose(one.lower)) or noise * one.lower
      parts[#parts + 1] = spread + one.mean
      first[k], total = total, total + counts[k]
    end
  end
  local places = {}
  for i, place in ipairs(order) do places[i] = first[place[1]] + place[2] end
  return ops.index(ops.concat(parts), core.tensor(places, { dtype = "i32" }))
end

return GaussianMixture
