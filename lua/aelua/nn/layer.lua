--- A module that holds no other one. Results have the shape of the input, unless
--- a class says otherwise by a build of its own.
local Module = require "aelua.nn.module"
local shapes = require "aelua.base.shapes"

---@class aelua.Layer: aelua.Module
local Layer = Module:extend("Layer")

function Layer:build(shape)
  self.input_shape = shapes.check(self.class_name .. ":build", shape)
  return table.move(self.input_shape, 1, #self.input_shape, 1, {})
end

function Layer:children() return {} end

function Layer:penalties(into) return into or {} end

function Layer:config() return {} end

return Layer
