--- How a codebook is used over a pass: how often each code came, counted exactly.
local core = require "aelua.core"
local class = require "aelua.base.class"

---@class aelua.Usage: aelua.Class
local Usage = class("Usage")

function Usage:init() self.counts, self.total = {}, 0 end

local function add(self, counts)
  for code, count in ipairs(counts:totable()) do
    self.counts[code] = (self.counts[code] or 0) + count
    self.total = self.total + count
  end
end

--- Takes how many vectors of a batch came to each code.
---@param counts aelua.Tensor [codes]
function Usage:add(counts) core.no_grad(add, self, counts) end

--- The exponential of the entropy of the codes, as many as come if all come equally
--- often, and how many come at all; nothing before there is anything to say.
---@return number? perplexity
---@return integer? used
function Usage:measure()
  if self.total == 0 then return nil end
  local entropy, used = 0, 0
  for _, count in ipairs(self.counts) do
    if count > 0 then
      local p = count / self.total
      entropy, used = entropy - p * math.log(p), used + 1
    end
  end
  return math.exp(entropy), used
end

return Usage
