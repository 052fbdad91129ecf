--- What would let a decoder end at another size: the transposed convolution of
--- which the smallest change of padding or output_padding does it, or a crop at the end.
local Sequential = require "aelua.nn.sequential"
local core = require "aelua.core"
local shapes = require "aelua.base.shapes"
local tree = require "aelua.nn.tree"

-- Elements that a change adds or takes off, at most.
local most = 32

local function flat(module, list)
  if Sequential.is(module) then
    for i = 1, #module do flat(module[i], list) end
  else
    list[#list + 1] = module
  end
  return list
end

-- Padding and output_padding of a side in numbers.
local function in_numbers(layer, d)
  local extra = layer.output_padding and layer.output_padding[d] or 0
  if layer.padding ~= "same" then
    local at = layer.padding == "valid" and {} or layer.padding
    return at[2 * d - 1] or 0, at[2 * d] or 0, extra
  end
  local over = layer.dilation[d] * (layer.kernel[d] - 1) + 1 - layer.stride[d]
  local total = math.max(over, 0)
  return total // 2, total - total // 2, math.max(-over, 0)
end

-- The numbers of a side that give `delta` elements more; nil: there are none.
local function changed(layer, d, delta)
  local before, after, extra = in_numbers(layer, d)
  local room = math.max(layer.stride[d], layer.dilation[d]) - 1 - extra
  if delta < 0 then
    local less = math.min(extra, -delta)
    return before, after - delta - less, extra - less
  elseif layer.padding ~= "same" and delta <= room then
    return before, after, extra + delta
  end
  local less = math.min(after, delta)
  if delta - less > room then return nil end
  return before, after - less, extra + delta - less
end

-- What the layers after `first` make of a sample of `shape`; nil: they do not take it.
local function run_on(layers, first, shape)
  local ok, y = pcall(function()
    local x = core.ops.zeros { 0, table.unpack(shape) }
    for i = first, #layers do x = layers[i]:forward(x) end
    return x
  end)
  return ok and core.is_tensor(y) and shapes.of_sample(y) or nil
end

local function result(layers, i, padding, extra)
  local shape = layers[i]:shape_with(layers[i].input_shape, padding, extra)
  return shape and run_on(layers, i + 1, shape)
end

-- The change of layer i of which every side ends as wanted.
local function fit(layers, i, wanted)
  local layer, padding, extra, size = layers[i], {}, {}, 0
  for d = 1, layer.sides do padding[2 * d - 1], padding[2 * d], extra[d] = in_numbers(layer, d) end
  for d = 1, layer.sides do
    local before, after, more = padding[2 * d - 1], padding[2 * d], extra[d]
    local found
    for k = 0, 2 * most do
      local delta = k % 2 == 0 and k // 2 or -(k // 2) - 1
      local b, a, e = changed(layer, d, delta)
      if delta == 0 then b, a, e = before, after, more end
      if b then
        padding[2 * d - 1], padding[2 * d], extra[d] = b, a, e
        local got = result(layers, i, padding, extra)
        found = got and #got == #wanted and got[d] == wanted[d]
        if found then
          size = math.max(size, math.abs(delta))
          break
        end
      end
    end
    if not found then return nil end
  end
  local got = result(layers, i, padding, extra)
  if not got or not shapes.equal(got, wanted) then return nil end
  return { layer = layer, padding = padding, extra = extra, size = size }
end

local function same_numbers(list, value)
  for _, one in ipairs(list) do
    if one ~= value then return false end
  end
  return true
end

local function text(list) return same_numbers(list, list[1]) and tostring(list[1]) or "{ " .. table.concat(list, ", ") .. " }" end

local function options_text(found)
  local layer, parts = found.layer, {}
  local before = {}
  for d = 1, layer.sides do before[2 * d - 1], before[2 * d] = in_numbers(layer, d) end
  if layer.padding == "same" or not shapes.equal(before, found.padding) then
    parts[1] = "padding = " .. text(found.padding)
  end
  if layer.output_padding or not same_numbers(found.extra, 0) then
    parts[#parts + 1] = "output_padding = " .. text(found.extra)
  end
  return table.concat(parts, ", ")
end

-- The crop that leaves the first of what is too much.
local function crop_text(got, wanted)
  local n, border = #wanted - 1, {}
  if #got ~= #wanted or n < 1 or n > 2 or got[#got] ~= wanted[#wanted] then return "" end
  for d = 1, n do
    if got[d] < wanted[d] then return "" end
    border[2 * d - 1], border[2 * d] = 0, got[d] - wanted[d]
  end
  return ("; nn.Crop%dd { %s } at its end would fit"):format(n, table.concat(border, ", "))
end

--- "; decoder[2] ConvTranspose2d would fit with output_padding = 1", or "".
---@param root aelua.Module below which layers are named
---@param decoder aelua.Module built
---@param got integer[] shape of one result
---@param wanted integer[]
---@return string
return function(root, decoder, got, wanted)
  local layers, best = flat(decoder, {}), nil
  decoder:quietly(function()
    for i = #layers, 1, -1 do
      local layer = layers[i]
      if layer.shape_with and not layer._source and layer.input_shape and #layer.input_shape == #wanted then
        local found = fit(layers, i, wanted)
        if found and (not best or found.size < best.size) then best = found end
      end
    end
  end)
  if not best then return crop_text(got, wanted) end
  return ("; %s %s would fit with %s"):format(tree.place(root, best.layer) or "its", best.layer.class_name,
    options_text(best))
end
