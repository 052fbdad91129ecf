--- Principal components of codes: the directions of their greatest variance
--- (Pearson 1901; Hotelling 1933), from the covariance's eigenvectors.
local class = require "aelua.base.class"
local codes_of = require "aelua.latent.codes"
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local matrices = require "aelua.latent.matrices"
local options = require "aelua.base.options"

local ops = core.ops

---@class aelua.PCA: aelua.Class
---@field components userdata [n, D], orthonormal rows, that of the greatest variance first
---@field mean userdata [D]
---@field explained number[] share of the whole variance that lies along each component
local PCA = class("PCA")

-- Rotations in Lua take time that grows with the cube of the features: seconds here.
local most_features = 256

---@param codes userdata [N, D], N at least 2, D at most 256
---@param n? integer how many components, at most D; default all
function PCA:init(codes, n, ...)
  options.no_more("latent.PCA", "codes and a number of components", ...)
  codes = codes_of.check("latent.PCA", codes)
  local count, features = table.unpack(codes.shape)
  n = n or features
  errors.check(count > 1, "invalid", "latent.PCA: one code has no variance")
  errors.check(features <= most_features, "unsupported", "latent.PCA: codes of %d features; up to %d are taken", features,
    most_features)
  errors.check(math.type(n) == "integer" and n >= 1 and n <= features, "invalid",
    "latent.PCA: wants 1 to %d components, got %s", features, errors.shown(n))
  codes_of.check_finite("latent.PCA", codes)
  local covariance = core.scope(function()
    local centred = codes - ops.mean(codes, 1)
    return (ops.matmul(ops.transpose(centred), centred) / (count - 1)):totable()
  end)
  local values, vectors = matrices.eigen(covariance)
  local whole = 0
  for _, value in ipairs(values) do whole = whole + math.max(value, 0) end
  self.mean = core.keep(ops.mean(codes, 1))
  self.components = core.keep(core.tensor(table.move(vectors, 1, n, 1, {})))
  self.explained = {}
  for i = 1, n do self.explained[i] = whole > 0 and math.max(values[i], 0) / whole or 0 end
end

--- Where codes lie along the components.
---@param codes userdata [N, D]
---@return userdata [N, n]
function PCA:project(codes)
  codes = codes_of.check("PCA:project", codes, #self.mean)
  return ops.matmul(codes - self.mean, ops.transpose(self.components))
end

--- The codes that lie there: the inverse of `project`, but for what the components leave out.
---@param points userdata [N, n]
---@return userdata [N, D]
function PCA:restore(points)
  points = codes_of.check("PCA:restore", points, #self.components)
  return ops.matmul(points, self.components) + self.mean
end

return PCA
