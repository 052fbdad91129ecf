--- `ae.latent`: tools for the codes that an encoder gives: clusters, densities,
--- principal components, and how well codes stand for classes and factors.
local names = require "aelua.base.names"

---@class aelua.LatentTools what the probe trains with
---@field nn table
---@field optim table

---@param tools aelua.LatentTools
return function(tools)
  return names.strict({
    KMeans = require "aelua.latent.kmeans",
    GaussianMixture = require "aelua.latent.gaussian_mixture",
    PCA = require "aelua.latent.pca",
    LinearProbe = require "aelua.latent.linear_probe"(tools),
    nmi = require "aelua.latent.nmi",
    mig = require "aelua.latent.mig",
    factor_score = require "aelua.latent.factor_score",
  }, "latent")
end
