--- Cases of pooling for op.random: windows that overlap, leave gaps, hang over the border.
local random = require "spec.support.random"

local M = {}

--- `count` cases for `name` over `sides` dimensions.
---@param name string
---@param sides integer
---@param count integer
---@return table[]
function M.cases(name, sides, count)
  local cases = {}
  for i = 1, count do
    local generator = random.new(("%s case %d"):format(name, i))
    local x, attrs = { generator.whole(1, 2) }, { size = {}, stride = {}, padding = {} }
    for d = 1, sides do
      local size = generator.whole(1, 4)
      attrs.size[d], attrs.stride[d] = size, generator.whole(1, 4)
      local before, after = generator.whole(0, size - 1), generator.whole(0, size - 1)
      attrs.padding[2 * d - 1], attrs.padding[2 * d] = before, after
      x[#x + 1] = math.max(1, size - before - after) + generator.whole(0, 4)
    end
    x[#x + 1] = generator.whole(1, 5)
    if generator.whole(1, 3) == 1 then attrs.padding = "same" end
    if name:find("^avg") then attrs.count_padding = generator.whole(1, 2) == 1 end
    cases[i] = { x, attrs = attrs }
  end
  return cases
end

return M
