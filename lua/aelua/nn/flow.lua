--- What makes a richer distribution of codes out of a normal one, by steps that can be
--- undone: the base of flows, and what the option `flow` of nn.Variational names:
--- "householder", "iaf", { "iaf", steps = 2, hidden = 320 }, or a flow itself. A class
--- states make, and of codes z [N, D] or [S, N, D] and features h [N, F]
---   forward(z, h) -> codes, log |det d codes / d z| [N] or [S, N]
---   inverse(codes, h) -> z, the same logarithm
--- (Rezende, Mohamed, "Variational inference with normalizing flows", ICML 2015).
local Module = require "aelua.nn.module"
local errors = require "aelua.base.errors"
local named = require "aelua.base.named"

---@class aelua.Flow: aelua.Module
---@field units integer? numbers in a code, once it is built
---@field orthogonal boolean whether codes are as long as what they were made of
local Flow = Module:extend("Flow")
Flow.orthogonal = false

--- Makes what depends on the sizes of codes and features.
---@param shape integer[] { units, features }
function Flow:build(shape)
  local units, features = shape[1], shape[2]
  errors.check(#shape == 2 and units and features, "shape", "%s:build wants { units, features }, got %d numbers",
    self.class_name, #shape)
  if not self.units then
    self:make(units, features)
    self.units, self.features = units, features
  end
  errors.check(self.units == units and self.features == features, "shape",
    "%s was made for codes of %d numbers from %d features, got %d from %d", self.class_name, self.units, self.features,
    units, features)
  return { units }
end

function Flow:is_built() return self.units ~= nil end

--- Makes the parameters.
---@param _units integer
---@param _features integer
function Flow:make(_units, _features) errors.raise("unsupported", ("%s has no method make"):format(self.class_name), 2) end

--- What z were made of the given codes.
---@param _codes aelua.Tensor [N, D] or [S, N, D]
---@param _h aelua.Tensor [N, F]
---@return aelua.Tensor z
---@return aelua.Tensor log_determinant of forward at z
function Flow:inverse(_codes, _h)
  return errors.raise("unsupported", ("%s has no method inverse"):format(self.class_name), 2)
end

local kinds = { householder = "householder_flow", iaf = "inverse_autoregressive_flow" }

--- The flow that an option names.
---@param who string how messages begin
---@param spec any
---@return aelua.Flow
function Flow.get(who, spec)
  if Flow.is(spec) then return spec end
  local name, options = named.split(who, "flow", spec, kinds)
  return require("aelua.nn." .. kinds[name])(options)
end

return Flow
