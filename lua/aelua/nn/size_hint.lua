--- What a decoder that ends at another size than it should is told: which layer ends
--- it, and what would fit. The smallest change of a transposed convolution's padding or
--- output_padding that does it; else its stride, or padding "same" of a convolution;
--- else a crop or an enlargement at the end.
local core = require "aelua.core"
local layers_of = require "aelua.nn.layers_of"
local shapes = require "aelua.base.shapes"
local tree = require "aelua.nn.tree"

-- Elements that a change adds or takes off, at most.
local most = 32

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

-- Where it all ends, were these attributes of layer i other ones.
local function result(layers, i, changes)
  local shape = layers[i]:shape_with(layers[i].input_shape, changes)
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
        local got = result(layers, i, { padding = padding, output_padding = extra })
        found = got and #got == #wanted and got[d] == wanted[d]
        if found then
          size = math.max(size, math.abs(delta))
          break
        end
      end
    end
    if not found then return nil end
  end
  local got = result(layers, i, { padding = padding, output_padding = extra })
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

-- The layer that would end as wanted with padding or output_padding changed least, and how.
local function nearest(layers, wanted)
  local best
  for i = #layers, 1, -1 do
    local layer = layers[i]
    if layer.transposed and not layer._source and layer.input_shape and #layer.input_shape == #wanted then
      local found = fit(layers, i, wanted)
      if found and (not best or found.size < best.size) then best = found end
    end
  end
  return best and best.layer, best and options_text(best)
end

-- How many times the wanted size is the one that came, for each side; nil: not a whole number.
local function factors(got, wanted)
  local list = {}
  for d = 1, #wanted - 1 do
    if wanted[d] % got[d] ~= 0 then return nil end
    list[d] = wanted[d] // got[d]
  end
  return list
end

-- A larger stride or padding "same": what would be another layer. The last layer that it works for.
local function other(layers, got, wanted)
  local times = factors(got, wanted)
  for i = #layers, 1, -1 do
    local layer, changes = layers[i], nil
    if layer.transposed and times and layer.sides == #times then
      local stride = {}
      for d = 1, layer.sides do stride[d] = layer.stride[d] * times[d] end
      changes = { stride = stride }
    elseif layer.transposed == false and layer.padding ~= "same" then
      changes = { padding = "same" }
    end
    local now = changes and layer.input_shape and not layer._source and result(layers, i, changes)
    if now and shapes.equal(now, wanted) then
      return layer, changes.stride and "stride = " .. text(changes.stride) or 'padding = "same"'
    end
  end
  return nil
end

-- A layer more: a crop that leaves the first of what is too much, or an enlargement.
local function further(got, wanted)
  local n, border, larger = #wanted - 1, {}, true
  for d = 1, n do
    larger = larger and got[d] >= wanted[d]
    border[2 * d - 1], border[2 * d] = 0, got[d] - wanted[d]
  end
  if larger then return ("nn.Crop%dd { %s }"):format(n, table.concat(border, ", ")) end
  local times = factors(got, wanted)
  if not times then return nil end
  return same_numbers(times, times[1]) and ("nn.UpSampling%dd(%d)"):format(n, times[1])
    or ("nn.UpSampling%dd { %s }"):format(n, table.concat(times, ", "))
end

--- "decoder[3] Conv2d gives [32, 32, 1], the input is [28, 28, 1]; decoder[2] ConvTranspose2d
--- would fit with padding = { 0, 2, 0, 2 }": without the second part where nothing is known that would.
---@param root aelua.Module below which layers are named
---@param decoder aelua.Module built
---@param got integer[] shape of one result
---@param wanted integer[]
---@param what string that is wanted: "input", "target"
---@return string
return function(root, decoder, got, wanted, what)
  local layers = layers_of(decoder)
  local function name(layer) return ("%s %s"):format(tree.place(root, layer) or "its", layer.class_name) end
  local message = ("%s gives %s, the %s is %s"):format(name(layers[#layers] or decoder), shapes.text(got), what,
    shapes.text(wanted))
  local n = #wanted - 1
  if #got ~= #wanted or n < 1 or n > 2 then return message end
  local layer, change
  decoder:quietly(function()
    layer, change = nearest(layers, wanted)
    if not layer then layer, change = other(layers, got, wanted) end
  end)
  if layer then return ("%s; %s would fit with %s"):format(message, name(layer), change) end
  local more = got[#got] == wanted[#wanted] and further(got, wanted)
  return more and ("%s; %s at its end would fit"):format(message, more) or message
end
