--- The VAE that is told each sample's class (Sohn, Lee, Yan, "Learning structured
--- output representation using deep conditional generative models", NeurIPS 2015;
--- the prior of codes does not depend on the class, as Kingma and others, "Semi-
--- supervised learning with deep generative models", NeurIPS 2014, have it). The
--- class, as a vector of zeros and a one, joins the encoder's features and the codes.
---
---   local cvae = ae.ConditionalVAE { classes = 10, ... }
---   cvae:fit(train, ...)                                  -- a data set with labels
---   cvae:sample(10, { labels = 8 })                       -- ten samples of class 8 (the digit 7)
---   cvae:reconstruct(x, { labels = { 3, 1, 4 } })         -- a data set brings its own
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local shapes = require "aelua.base.shapes"

local ops = core.ops

---@class aelua.ConditionalVAEOptions: aelua.VAEOptions
---@field classes integer how many there are; labels are 1 to that

---@param models table those made before
---@param tools aelua.ModelTools
return function(models, tools)
  local VAE = models.VAE

  ---@class aelua.ConditionalVAE: aelua.VAE
  local ConditionalVAE = VAE:member("ConditionalVAE", {
    options = { classes = { required = true, type = "integer", min = 1 } },
  })
  ConditionalVAE.decode_options = { labels = {} }
  for name, option in pairs(VAE.decode_options) do ConditionalVAE.decode_options[name] = option end

  ---@param given aelua.ConditionalVAEOptions
  function ConditionalVAE:init(given)
    VAE.init(self, given)
    errors.check(not self.posterior.prior.attach, "unsupported",
      "%s: a prior of pseudo-inputs has no classes for them; prior wants \"standard\" or \"mixture\"", self.class_name)
  end

  function ConditionalVAE:joined_shape(shape) return { shape[1] + self.classes } end

  function ConditionalVAE:join(t, condition)
    return condition and ops.concat({ t, condition }, 2) or t
  end

  function ConditionalVAE:condition(batch)
    local label = batch and batch.label
    errors.check(label, "invalid", "%s wants labels: a data set that has some, or the option labels", self.class_name)
    return ops.one_hot(label, self.classes)
  end

  function ConditionalVAE:check_data(who, set)
    VAE.check_data(self, who, set)
    errors.check(set.label, "invalid", "%s wants a data set with labels", who)
    errors.check(not set.classes or #set.classes <= self.classes, "invalid", "%s: the data has %d classes, the model %d", who,
      set.classes and #set.classes or 0, self.classes)
  end

  -- One label for all, a list, or a tensor, as a tensor of n.
  local function labels_of(self, who, given, n)
    local labels = given
    if type(given) == "number" then
      labels = {}
      for i = 1, n do labels[i] = given end
    end
    if type(labels) == "table" then labels = core.tensor(labels, { dtype = "i32" }) end
    errors.check(core.is_tensor(labels) and labels.dtype == "i32", "type",
      "%s: labels wants a class, a list of classes or an i32 tensor, got %s", who, type(given))
    errors.check(labels.ndim == 1 and #labels == n, "shape", "%s: labels wants one for each sample, [%d], got %s", who, n,
      shapes.text(labels.shape))
    local least, most = labels:min():item(), labels:max():item()
    errors.check(least >= 1 and most <= self.classes, "invalid", "%s: labels want classes 1 to %d, got %d", who, self.classes,
      least < 1 and least or most)
    return labels
  end

  --- Data, or codes, with the labels that the options give.
  function ConditionalVAE:told(data, o)
    if o.labels == nil then return data end
    local who = self.class_name
    errors.check(core.is_tensor(data), "invalid", "%s: labels beside a data set, which has its own", who)
    return tools.labelled(data, labels_of(self, who, o.labels, #data))
  end

  -- The method of the base with the labels beside the data.
  for _, method in ipairs { "encode", "decode", "reconstruct" } do
    local plain = VAE[method]
    ConditionalVAE[method] = function(self, data, given)
      if type(given) ~= "table" or given.labels == nil then return plain(self, data, given) end
      local rest = {}
      for key, value in pairs(given) do rest[key] = value end
      rest.labels = nil
      return plain(self, self:told(data, given), rest)
    end
  end

  --- A result for one sample of zeros, of the first class.
  function ConditionalVAE:probe()
    return self:forward(shapes.zeros(self.input), { label = core.tensor({ 1 }, { dtype = "i32" }) })
  end

  return ConditionalVAE
end
