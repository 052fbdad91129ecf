--- The mean of every channel of signals.
---   x [N, T, C]   ->   y [N, C]
local core = require "aelua.core"
local Layer = require "aelua.nn.layer"
local Reshape = require "aelua.nn.reshape"
local Sequential = require "aelua.nn.sequential"
local UpSampling1d = require "aelua.nn.up_sampling1d"
local options = require "aelua.base.options"
local sides = require "aelua.nn.sides"

local mean = core.ops.mean

---@class aelua.GlobalAvgPool1d: aelua.Layer
local GlobalAvgPool1d = Layer:extend("GlobalAvgPool1d")
GlobalAvgPool1d.transparent = GlobalAvgPool1d
GlobalAvgPool1d.resamples = true

function GlobalAvgPool1d:init(...) options.no_more("GlobalAvgPool1d", "no options", ...) end

function GlobalAvgPool1d:build(shape)
  self.input_shape = sides.sample("GlobalAvgPool1d", shape, 1)
  return { self.input_shape[2] }
end

---@param x aelua.Tensor [N, T, C]
---@return aelua.Tensor [N, C]
function GlobalAvgPool1d:forward(x)
  if not self.input_shape then self:build(table.move(x.shape, 2, x.ndim, 1, {})) end
  return mean(x, { 2 })
end

function GlobalAvgPool1d.from_config() return GlobalAvgPool1d() end

--- Every mean at all places that it was taken over.
---@return aelua.Sequential
function GlobalAvgPool1d:mirror()
  local shape = self.input_shape
  return Sequential { Reshape { 1, shape[2] }, UpSampling1d(shape[1]) }
end

return GlobalAvgPool1d
