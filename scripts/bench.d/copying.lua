--- How fast the machine copies memory: what a step moves is held against it.
local ae = require "aelua"

local M = {}

-- Far more than caches hold.
local elements = 32 * 1024 * 1024
local bytes = elements * (ae.real == "f64" and 8 or 4)

--- Bytes that the best of a few copies reads and writes in a second.
---@param threads integer
---@return number
function M.measure(threads)
  ae.threads(threads)
  return ae.scope(function()
    local from, to = ae.zeros(elements):fill_(1), ae.zeros(elements):fill_(1)
    local best = math.huge
    for _ = 1, 4 do
      local began = ae.clock()
      to:copy_(from)
      best = math.min(best, ae.clock() - began)
    end
    return 2 * bytes / best
  end)
end

return M
