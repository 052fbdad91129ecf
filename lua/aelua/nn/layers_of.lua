--- The layers of nested Sequentials in one list; another module is a list of itself.
local Sequential = require "aelua.nn.sequential"

local function gather(module, list)
  if Sequential.is(module) then
    for i = 1, #module do gather(module[i], list) end
  else
    list[#list + 1] = module
  end
  return list
end

---@param module aelua.Module
---@return aelua.Module[]
return function(module) return gather(module, {}) end
