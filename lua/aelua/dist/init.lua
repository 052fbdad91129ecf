--- `ae.dist`: distributions, N of them side by side, whose samples, densities,
--- divergences and entropies have gradients. Results in nats, one for each sample.
---
---   local q = ae.dist.Normal(mean, logvar)         -- [N, D] each
---   local z = q:sample()                           -- [N, D]; q:sample(5): [5, N, D]
---   local loss = -p:log_prob(z) + q:kl()           -- [N]
local names = require "aelua.base.names"

return names.strict({
  Distribution = require "aelua.dist.distribution",
  Normal = require "aelua.dist.normal",
  Laplace = require "aelua.dist.laplace",
  Bernoulli = require "aelua.dist.bernoulli",
  ContinuousBernoulli = require "aelua.dist.continuous_bernoulli",
  Categorical = require "aelua.dist.categorical",
  OneHot = require "aelua.dist.one_hot",
  Mixture = require "aelua.dist.mixture",
  bound = require "aelua.dist.bound",
}, "dist")
