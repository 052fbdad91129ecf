--- Which units of a code say anything: those whose posterior mean varies over the
--- data by more than 0.01 (Burda, Grosse, Salakhutdinov, "Importance weighted
--- autoencoders", ICLR 2016). Means and squared deviations are carried in double,
--- batch by batch (Chan, Golub, LeVeque, 1979).
local core = require "aelua.core"
local class = require "aelua.base.class"

local ops = core.ops

---@class aelua.Units: aelua.Class
local Units = class("Units")
Units.threshold = 0.01

function Units:init() self.count, self.means, self.squares = 0, {}, {} end

local function add(self, means)
  local n = #means
  means = ops.reshape(means, { n, -1 })
  local mean = ops.mean(means, 1):totable()
  local squares = ops.sum(ops.square(means - ops.mean(means, 1, true)), 1):totable()
  local total = self.count + n
  for i = 1, #mean do
    local apart = mean[i] - (self.means[i] or 0)
    self.squares[i] = (self.squares[i] or 0) + squares[i] + apart * apart * self.count * n / total
    self.means[i] = (self.means[i] or 0) + apart * n / total
  end
  self.count = total
end

--- Takes the posterior means of a batch.
---@param means aelua.Tensor [N, ...]
function Units:add(means) core.no_grad(add, self, means) end

--- How many units are active; nil before there is anything to say.
---@return integer?
function Units:active()
  if self.count < 2 then return nil end
  local active = 0
  for _, square in ipairs(self.squares) do
    if square / self.count > Units.threshold then active = active + 1 end
  end
  return active
end

return Units
