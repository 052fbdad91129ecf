--- What codes are measured against and new ones drawn from: the base of priors,
--- and what the option `prior` names: "standard", "mixture", "vamp",
--- { "mixture", components = 20 }, or a prior itself.
local Module = require "aelua.nn.module"
local errors = require "aelua.base.errors"
local named = require "aelua.base.named"
local shapes = require "aelua.base.shapes"

---@class aelua.Prior: aelua.Module
---@field units integer? numbers in a code, once it is built
---@field is_standard boolean whether it is the standard normal distribution
local Prior = Module:extend("Prior")
Prior.is_standard = false

--- Makes what depends on the size of a code.
---@param shape integer[] { units }
function Prior:build(shape)
  shape = shapes.check(self.class_name .. ":build", shape)
  errors.check(#shape == 1, "shape", "%s wants codes [N, D], got %s", self.class_name, shapes.batch_text(shape))
  errors.check(not self.units or self.units == shape[1], "shape", "%s was made for codes of %s numbers, got %d",
    self.class_name, self.units, shape[1])
  if not self.units then
    self:make(shape[1])
    self.units = shape[1]
  end
  return shape
end

--- Makes the parameters; a class without any has none.
---@param _units integer
function Prior:make(_units) end

--- The prior as one distribution of codes.
---@return aelua.Distribution
function Prior:distribution()
  return errors.raise("unsupported", ("%s has no method distribution"):format(self.class_name), 2)
end

function Prior:forward() return self:distribution() end

local kinds = { standard = "standard_prior", mixture = "mixture_prior", vamp = "vamp_prior" }

--- The prior that an option names.
---@param who string how messages begin
---@param spec any
---@return aelua.Prior
function Prior.get(who, spec)
  if Prior.is(spec) then return spec end
  local name, options = named.split(who, "prior", spec, kinds)
  return require("aelua.nn." .. kinds[name])(options)
end

return Prior
