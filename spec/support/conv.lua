--- Random convolutions for specs: cases of op.random with shapes of every kind, and the sums of the definition.
local ae = require "aelua"
local random = require "spec.support.random"

local M = {}

local function pick(generator, list) return list[generator.whole(1, #list)] end

-- The numbers of one dimension that is slid over: size, taps, and what goes into attributes.
local function side(generator, transposed)
  local taps, dilation, stride = generator.whole(1, 4), pick(generator, { 1, 1, 2, 3 }), generator.whole(1, 3)
  local extent = dilation * (taps - 1) + 1
  local before, after = generator.whole(0, 3), generator.whole(0, 2)
  local size
  if transposed then
    size = generator.whole(1, 4)
    local out = (size - 1) * stride + extent
    if out - before - after < 1 then before, after = 0, 0 end
  else
    size = math.max(1, extent - before - after) + generator.whole(0, 4)
  end
  return { size = size, taps = taps, dilation = dilation, stride = stride, before = before, after = after,
    extra = generator.whole(0, math.max(stride, dilation) - 1) }
end

--- `count` cases for `name`: random sizes, strides, dilations, groups down to depthwise, paddings of all kinds, 1 to 9
--- channels, with and without bias.
---@param name string
---@param sides integer dimensions slid over
---@param transposed boolean
---@param count integer
---@return table[]
function M.cases(name, sides, transposed, count)
  local cases = {}
  for i = 1, count do
    local generator = random.new(("%s case %d"):format(name, i))
    local groups = pick(generator, { 1, 1, 1, 2, 3, 4 })
    local inner, outer = generator.whole(1, 3), generator.whole(1, 3)
    if groups > 1 and generator.whole(1, 2) == 1 then inner, outer = 1, 1 end
    local channels, filters = inner * groups, outer * groups
    local x, w = { generator.whole(1, 2) }, {}
    local attrs = { groups = groups, stride = {}, dilation = {}, padding = {} }
    if transposed then attrs.output_padding = {} end
    for d = 1, sides do
      local at = side(generator, transposed)
      x[#x + 1], w[#w + 1] = at.size, at.taps
      attrs.stride[d], attrs.dilation[d] = at.stride, at.dilation
      attrs.padding[2 * d - 1], attrs.padding[2 * d] = at.before, at.after
      if transposed then attrs.output_padding[d] = at.extra end
    end
    if generator.whole(1, 3) == 1 then attrs.padding, attrs.output_padding = "same", nil end
    x[#x + 1] = channels
    w[#w + 1] = transposed and outer or inner
    w[#w + 1] = transposed and channels or filters
    cases[i] = { x, w, generator.whole(1, 3) > 1 and { filters } or nil, attrs = attrs }
  end
  return cases
end

--- Runs `body` with each way of computing convolutions wherever it serves, and as the table says: what op.random takes
--- as `around`.
---@param body function
function M.each_way(body)
  for _, way in ipairs { "table", "direct", "tiles", "depthwise", "onednn", "amx" } do
    ae.tune(way)
    local ok, failure = pcall(body)
    ae.tune "table"
    if not ok then error(("computed by '%s': %s"):format(way, tostring(failure)), 0) end
  end
end

return M
