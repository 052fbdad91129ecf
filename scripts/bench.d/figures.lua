--- What reports are made of: medians of times, lines, and whether what was wanted is reached.
local M = {}

local function quantile(sorted, share) return sorted[math.max(1, math.ceil(share * #sorted))] end

--- Least, median and the middle half of times, and how many there are.
---@param times number[]
---@return { least: number, median: number, low: number, high: number, count: integer }
function M.summary(times)
  local sorted = table.move(times, 1, #times, 1, {})
  table.sort(sorted)
  return {
    least = sorted[1], median = quantile(sorted, 0.5), low = quantile(sorted, 0.25), high = quantile(sorted, 0.75),
    count = #sorted,
  }
end

--- Prints a line, without spaces at its end.
---@param format string
function M.line(format, ...) print((format:format(...):gsub("%s+$", ""))) end

--- Prints what is reached of what is wanted; whether it is enough.
---@param what string
---@param ratio number
---@param wanted number
---@param most? number what the machine would allow
---@return boolean
function M.verdict(what, ratio, wanted, most)
  local fine = ratio >= wanted or most ~= nil and most < wanted
  local word = ratio >= wanted and "" or fine and ("; the peak allows %.2f"):format(most) or "  MISSED"
  M.line("  %-38s %5.2f (wanted %.2f)%s", what, ratio, wanted, word)
  return fine
end

return M
