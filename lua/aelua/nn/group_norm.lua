--- Every sample's groups of channels to mean 0 and variance 1 over all positions,
--- then scaled and shifted by channel. Wu, He 2018.
---   x [N, ..., C]   scale, shift [C]
---
---   nn.GroupNorm(8)
---
--- One group is over the whole sample; as many as channels is instance normalisation.
local core = require "aelua.core"
local Normalization = require "aelua.nn.normalization"
local errors = require "aelua.base.errors"
local shapes = require "aelua.base.shapes"

local group_norm = core.ops.group_norm
local declared = Normalization.declare {}

---@class aelua.GroupNorm: aelua.Normalization
---@field groups integer
local GroupNorm = Normalization:extend("GroupNorm")
GroupNorm.transparent = GroupNorm

---@param groups integer divides the channels
---@param given? aelua.NormalizationOptions
function GroupNorm:init(groups, given, ...)
  local whole = type(groups) == "number" and math.tointeger(groups)
  errors.check(whole and whole >= 1, "invalid", "GroupNorm wants a number of groups of at least 1, got %s", errors.shown(groups))
  self.groups = whole
  self:take(given, declared, ...)
end

function GroupNorm:build(shape)
  shape = shapes.check("GroupNorm:build", shape)
  local channels = shape[#shape]
  errors.check(channels, "shape", "GroupNorm: wants [N, ..., channels], got %s", shapes.text(shape))
  errors.check(channels % self.groups == 0, "shape", "GroupNorm: %d groups do not divide %d channels", self.groups, channels)
  return self:make(shape, { channels })
end

---@param x aelua.Tensor [N, ..., C]
---@return aelua.Tensor
function GroupNorm:forward(x)
  if not self.input_shape then self:build(shapes.of_sample(x)) end
  return group_norm(x, self.scale, self.shift, self.groups, self.epsilon)
end

function GroupNorm:config()
  local config = Normalization.config(self)
  config.groups = self.groups
  return config
end

function GroupNorm.from_config(config)
  return GroupNorm(config.groups, { epsilon = config.epsilon, scale = config.scale, shift = config.shift })
end

return GroupNorm
