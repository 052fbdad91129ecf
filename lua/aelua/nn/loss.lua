--- Losses: nn.loss.bce(prediction, target, options), prediction first. Each is
--- the operation of its name, which says its formula and what it takes.
---
---   mse, mae, huber { delta = 1 }, bce (probabilities), bce_logits,
---   cross_entropy (probabilities over the last dimension), cross_entropy_logits,
---   cosine (1 - cosine of the angle, along the last dimension), kl
---
--- Options, besides an operation's own:
---   reduction  "mean" of all elements (default), "sum", "batchmean" (summed over a
---              sample, mean over samples), "per_sample" ([N], each summed), "none"
---   weights    [N], a factor for every sample
---   mask       of the target's shape, u8 or real: what does not count is 0
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local names = require "aelua.base.names"
local shapes = require "aelua.base.shapes"

local ops = core.ops

local M = {}

local kinds = {
  "mse", "mae", "huber", "bce", "bce_logits", "cross_entropy", "cross_entropy_logits", "cosine", "kl",
}

local function declare(name)
  local op = ops[name]
  M[name] = function(prediction, target, options)
    if options == nil then return op(prediction, target) end
    errors.check(type(options) == "table", "invalid", "loss.%s wants a table of options, got %s", name, type(options))
    local rest = {}
    for key, value in pairs(options) do
      if key ~= "weights" and key ~= "mask" then rest[key] = value end
    end
    return op(prediction, target, options.weights, options.mask, rest)
  end
end

for _, name in ipairs(kinds) do declare(name) end

-- What a loss of probabilities is, taken of the logits at once.
local of_logits = {
  bce = { sigmoid = { name = "bce_logits", activation = ops.sigmoid } },
  cross_entropy = { softmax = { name = "cross_entropy_logits", activation = ops.softmax } },
}

---@class aelua.Loss
---@field name string? nil: a function of the user's own
---@field options table<string, number>
---@operator call(userdata): userdata
local Loss = {}
Loss.__index = Loss
Loss.__name = "loss"
function Loss:__call(prediction, target) return self.measure(prediction, target) end

local function check_own(fn)
  return function(prediction, target)
    local value = fn(prediction, target)
    local shape = core.is_tensor(value) and value.shape
    errors.check(shape and shapes.count(shape) == 1, "type", "loss: the function wants to give a scalar tensor, got %s",
      shape and shapes.text(shape) or type(value))
    return value
  end
end

local function check_options(who, name, options)
  local known = { reduction = "string" }
  for _, attribute in ipairs(core.describe(name).attributes) do known[attribute.name] = true end
  for key in pairs(options) do
    errors.check(known[key], "invalid", "%s: loss %s has no option '%s'%s", who, name, tostring(key),
      names.hint(key, known))
  end
  local reduction = options.reduction
  errors.check(reduction ~= "none" and reduction ~= "per_sample", "invalid",
    "%s: the reduction '%s' gives no single number to train on", who, reduction)
end

local function with_options(name, options)
  local op = ops[name]
  if next(options) == nil then return function(prediction, target) return op(prediction, target) end end
  return function(prediction, target) return op(prediction, target, nil, nil, options) end
end

--- The loss that an option names: "bce", { "huber", delta = 0.5 }, or a
--- function(prediction, target) that gives a scalar tensor.
---@param spec any
---@param who? string how messages begin
---@return aelua.Loss
function M.get(spec, who)
  who = who or "loss.get"
  if getmetatable(spec) == Loss then return spec end
  if type(spec) == "function" then
    for _, name in ipairs(kinds) do
      if M[name] == spec then return M.get(name, who) end
    end
    return setmetatable({ options = {}, measure = check_own(spec) }, Loss)
  end
  local name, options = spec, {}
  if type(spec) == "table" then
    name = spec[1] or spec.name
    for key, value in pairs(spec) do
      if key ~= 1 and key ~= "name" then options[key] = value end
    end
  end
  local is_name = false
  for _, kind in ipairs(kinds) do is_name = is_name or kind == name end
  if not is_name then
    errors.raise("invalid", ("%s: no loss %s%s"):format(who,
      type(name) == "string" and "'" .. name .. "'" or type(name), names.hint(name, kinds)), 3)
  end
  check_options(who, name, options)
  local self = setmetatable({ name = name, options = options, measure = with_options(name, options), fusions = {} }, Loss)
  for activation, fusion in pairs(of_logits[name] or {}) do
    self.fusions[activation] = { of_logits = with_options(fusion.name, options), activation = fusion.activation }
  end
  return self
end

--- The loss and the activation before it as one operation, or nil:
--- of_logits(logits, target), and activation(logits), which is the prediction.
---@param loss aelua.Loss
---@param activation string? see Module.output_activation
---@return { of_logits: function, activation: function }?
function M.fused(loss, activation) return activation and loss.fusions and loss.fusions[activation] or nil end

--- What `get` takes to make the loss again, as data; nil: a function of the user's own.
---@param loss aelua.Loss
---@return string|table|nil
function M.describe(loss)
  if not loss.name or next(loss.options) == nil then return loss.name end
  local config = { name = loss.name }
  for key, value in pairs(loss.options) do config[key] = value end
  return config
end

return names.strict(M, "nn.loss")
