--- What pooling layers share: a window that slides over every channel.
local Layer = require "aelua.nn.layer"
local Sequential = require "aelua.nn.sequential"
local numbers = require "aelua.base.numbers"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"
local sides = require "aelua.nn.sides"

---@class aelua.PoolingOptions
---@field stride? integer|integer[] from one window to the next; default: its size
---@field padding? string|integer|integer[] "valid" (default), "same", or numbers less than the size

---@class aelua.Pooling: aelua.Layer
---@field size integer[]
---@field stride integer[]
---@field padding string|integer[]
local Pooling = Layer:extend("Pooling")
Pooling.sides = 2
Pooling.resamples = true
Pooling.back = { {}, {} } -- classes that undo it, by number of sides; they say so themselves
Pooling.declared = {
  stride = { type = { "integer", "table" } },
  padding = { type = { "string", "integer", "table" }, default = "valid" },
}

---@param size integer|integer[] of the window: a number or {height, width}
---@param given? aelua.PoolingOptions
function Pooling:init(size, given, ...)
  local who, n = self.class_name, self.sides
  options.no_more(who, "a size and options", ...)
  local o = options.check(who, given, self.declared)
  self.size = numbers.of_sides(who, "size", size, n, 1)
  self.stride = o.stride and numbers.of_sides(who, "stride", o.stride, n, 1) or self.size
  self.padding = sides.padding(who, o.padding, n)
  self.count_padding = o.count_padding
  self._attributes = {
    size = self.size, stride = self.stride, padding = self.padding, count_padding = o.count_padding,
  }
end

function Pooling:build(shape)
  shape = sides.sample(self.class_name, shape, self.sides)
  local result = sides.result(self.class_name, self.op, shape, self._attributes)
  self.input_shape = shape
  return result
end

---@param x aelua.Tensor [N, H, W, C], or [N, T, C]
---@return aelua.Tensor [N, P, Q, C], or [N, P, C]
function Pooling:forward(x)
  if not self.input_shape then self:build(shapes.of_sample(x)) end
  return self.op(x, self._attributes)
end

function Pooling:config()
  return { size = self.size, stride = self.stride, padding = self.padding, count_padding = self.count_padding }
end

--- The options in a description.
function Pooling.given(config)
  return { stride = config.stride, padding = config.padding, count_padding = config.count_padding }
end

--- Every element repeated over its stride; what then misses the size of the input is
--- filled up with zeros, or taken off, at the end.
---@return aelua.Module
function Pooling:mirror()
  local missing, surplus, small = {}, {}, self:build(self.input_shape)
  for d = 1, self.sides do
    local more = self.input_shape[d] - small[d] * self.stride[d]
    missing[2 * d - 1], missing[2 * d] = 0, math.max(more, 0)
    surplus[2 * d - 1], surplus[2 * d] = 0, math.max(-more, 0)
  end
  local back = Pooling.back[self.sides]
  local result = Sequential { back.up(self.stride) }
  if math.max(table.unpack(missing)) > 0 then result:append(back.pad(missing)) end
  if math.max(table.unpack(surplus)) > 0 then result:append(back.crop(surplus)) end
  return #result > 1 and result or result[1]
end

return Pooling
