--- A linear probe: how well a linear classifier reads classes from codes (Alain and
--- Bengio 2016). Multinomial logistic regression on standardised codes, trained on
--- all of them at once.
local class = require "aelua.base.class"
local codes_of = require "aelua.latent.codes"
local core = require "aelua.core"
local options = require "aelua.base.options"

local ops = core.ops

---@class aelua.LinearProbeOptions
---@field steps? integer default 300
---@field lr? number of Adam, default 0.05
---@field l2? number on the weights, default 1e-4

---@param tools aelua.LatentTools
return function(tools)
  ---@class aelua.LinearProbe: aelua.Class
  local LinearProbe = class("LinearProbe")

  ---@param codes userdata [N, D]
  ---@param labels userdata [N] i32, from 1
  ---@param given? aelua.LinearProbeOptions
  function LinearProbe:init(codes, labels, given)
    local who = "latent.LinearProbe"
    codes = codes_of.check(who, codes)
    codes_of.check_labels(who, labels, #codes)
    codes_of.check_finite(who, codes)
    local o = options.check(who, given, {
      steps = { type = "integer", default = 300, min = 1 }, lr = { type = "number", default = 0.05, above = 0 },
      l2 = { type = "number", default = 1e-4, min = 0 },
    })
    self.mean = core.keep(ops.mean(codes, 1))
    self.scale = core.keep(ops.sqrt(ops.var(codes, 1)) + 1e-8)
    self.layer = tools.nn.Dense(ops.max(labels):item(), { l2 = o.l2 > 0 and o.l2 or nil, weight_init = "zeros" })
    self.layer:build { codes.shape[2] }
    local x = core.keep((codes - self.mean) / self.scale)
    local optimizer = tools.optim.Adam { self.layer, lr = o.lr }
    for _ = 1, o.steps do
      core.scope(function()
        local loss = tools.nn.loss.cross_entropy_logits(self.layer:forward(x), labels)
        if o.l2 > 0 then loss = loss + self.layer:penalty() end
        optimizer:zero_grad()
        loss:backward()
        optimizer:step()
      end)
    end
  end

  --- The most probable class of every code.
  ---@param codes userdata [N, D]
  ---@return userdata [N] i32, from 1
  function LinearProbe:classify(codes)
    codes = codes_of.check("LinearProbe:classify", codes, #self.mean)
    return core.no_grad(function() return ops.argmax(self.layer:forward((codes - self.mean) / self.scale), 2) end)
  end

  --- The share of codes whose class it tells.
  ---@param codes userdata [N, D]
  ---@param labels userdata [N] i32, from 1
  ---@return number 0 to 1
  function LinearProbe:accuracy(codes, labels)
    local who = "LinearProbe:accuracy"
    codes_of.check_labels(who, labels, #codes_of.check(who, codes, #self.mean))
    return ops.mean(self:classify(codes):eq(labels):to(core.real)):item()
  end

  return LinearProbe
end
