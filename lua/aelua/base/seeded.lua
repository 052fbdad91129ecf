--- seeded(seed, fn, ...): fn's result with random numbers of a seed. The stream
--- that ae.seed sets is afterwards as it was, also where fn raises.
local core = require "aelua.core"

---@param seed integer
---@param fn function
---@param ... any its arguments
---@return any
return function(seed, fn, ...)
  local before = core.random_state()
  core.seed(seed)
  local ok, result = pcall(fn, ...)
  core.random_state(before)
  if not ok then error(result, 0) end
  return result
end
