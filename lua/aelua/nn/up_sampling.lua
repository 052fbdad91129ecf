--- What enlarging layers share.
local core = require "aelua.core"
local Layer = require "aelua.nn.layer"
local errors = require "aelua.base.errors"
local numbers = require "aelua.base.numbers"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"
local sides = require "aelua.nn.sides"

local upsample = core.ops.upsample

---@class aelua.UpSamplingOptions
---@field mode? "nearest"|"bilinear" default "nearest"
---@field align_corners? boolean bilinear: corners fall on corners; default false

local declared = {
  mode = { type = "string", choices = { "nearest", "bilinear" }, default = "nearest" },
  align_corners = { type = "boolean", default = false },
}

---@class aelua.UpSampling: aelua.Layer
---@field factor integer[]
local UpSampling = Layer:extend("UpSampling")
UpSampling.sides = 2
UpSampling.resamples = true

---@param factor integer|integer[] a number or {height, width}
---@param given? aelua.UpSamplingOptions
function UpSampling:init(factor, given, ...)
  local who = self.class_name
  options.no_more(who, "a factor and options", ...)
  local o = options.check(who, given, declared)
  errors.check(o.mode == "bilinear" or not o.align_corners, "invalid", "%s: align_corners goes with mode \"bilinear\"", who)
  self.factor = numbers.of_sides(who, "factor", factor, self.sides, 1)
  self.mode, self.align_corners = o.mode, o.align_corners
  self._attributes = { factor = self.factor, mode = o.mode, align_corners = o.align_corners }
end

function UpSampling:build(shape)
  shape = sides.sample(self.class_name, shape, self.sides)
  local result = sides.result(self.class_name, upsample, shape, self._attributes)
  self.input_shape = shape
  return result
end

---@param x aelua.Tensor [N, H, W, C], or [N, T, C]
---@return aelua.Tensor enlarged
function UpSampling:forward(x)
  if not self.input_shape then self:build(shapes.of_sample(x)) end
  return upsample(x, self._attributes)
end

function UpSampling:config() return { factor = self.factor, mode = self.mode, align_corners = self.align_corners } end

return UpSampling
