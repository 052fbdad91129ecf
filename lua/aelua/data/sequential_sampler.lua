--- Samples as they stand.
local class = require "aelua.base.class"
local core = require "aelua.core"

---@class aelua.SequentialSampler: aelua.Class
local SequentialSampler = class("SequentialSampler")

--- 1..n.
---@param n integer
---@return userdata [n] i32
function SequentialSampler.draw(_, n) return core.ops.arange(1, n + 1, { dtype = "i32" }) end

return SequentialSampler
