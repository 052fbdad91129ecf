--- One of `classes` levels for each element, evenly spaced from 0 to 1, default
--- 256: level k of C is (k - 1) / (C - 1), so that bytes are their own levels; data
--- counts as the nearest. The decoder gives [N, ..., C] logits. What is decoded are
--- expectations of the levels. van den Oord, Kalchbrenner, Kavukcuoglu, "Pixel
--- recurrent neural networks", ICML 2016, use such outputs.
local core = require "aelua.core"
local options = require "aelua.base.options"

local ops = core.ops

---@param Likelihood aelua.Likelihood
---@param tools aelua.ModelTools
return function(Likelihood, tools)
  ---@class aelua.CategoricalLikelihood: aelua.Likelihood
  ---@field classes integer
  local Categorical = Likelihood:extend("CategoricalLikelihood")
  Categorical.kind = "categorical"
  Categorical.unit, Categorical.takes_logits = true, true

  local declared = { classes = { type = "integer", min = 2, max = 65536, default = 256 } }

  function Categorical:init(given)
    self.classes = math.tointeger(options.check("likelihood categorical", given, declared).classes)
  end

  function Categorical:decoded(shape)
    local result = table.move(shape, 1, #shape, 1, {})
    result[#result + 1] = self.classes
    return result
  end

  function Categorical:distribution(raw) return tools.dist.Categorical(raw) end

  --- The level of each element, from 1.
  ---@param x aelua.Tensor
  ---@return aelua.Tensor i32
  function Categorical:levels(x) return ops.cast(ops.round(x * (self.classes - 1)) + 1, "i32") end

  function Categorical:nll(raw, x) return ops.cross_entropy_logits(raw, self:levels(x), nil, nil, "per_sample") end

  function Categorical:mean(raw)
    return ops.sum(ops.softmax(raw) * ops.linspace(0, 1, self.classes), -1)
  end

  function Categorical:draw(raw)
    return (ops.cast(self:distribution(raw):sample(), core.real) - 1) * (1 / (self.classes - 1))
  end

  function Categorical:config() return { name = self.kind, classes = self.classes } end

  return Categorical
end
