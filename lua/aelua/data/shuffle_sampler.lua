--- Every sample once, each epoch in a new random order.
local core = require "aelua.core"
local Sampler = require "aelua.data.sampler"

---@class aelua.ShuffleSampler: aelua.Sampler
local ShuffleSampler = Sampler:extend("ShuffleSampler")

--- The next epoch's order of 1..n.
---@param n integer
---@return userdata [n] i32
function ShuffleSampler:draw(n) return core.ops.sample_shuffled(n, self:advance()) end

return ShuffleSampler
