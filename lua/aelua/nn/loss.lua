--- Losses: nn.loss.bce(prediction, target, options), prediction first. Most are
--- the operation of their name, whose documentation has its formula and options:
---
---   mse, mae, huber { delta = 1 }, bce (of probabilities), bce_logits,
---   cross_entropy (of probabilities along the last dimension),
---   cross_entropy_logits, cosine, kl, continuous_bernoulli (of logits)
---
--- Of pictures: ssim and ms_ssim, which take less of the options below;
--- total_variation, of a prediction alone; and perceptual, which makes a loss of an
--- encoder. Each has an entry of its own: ae.help "nn.loss.ms_ssim".
---
--- Options of all others: `reduction` ("mean" of all terms, "sum", "batchmean": summed over
--- a sample, mean over samples, "per_sample": [N], "none"), `weight` [N], a factor
--- for every sample, and `mask`, 0 where a term does not count.
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local named = require "aelua.base.named"
local names = require "aelua.base.names"
local perceptual = require "aelua.nn.perceptual"
local pictures = require "aelua.nn.picture_loss"
local shapes = require "aelua.base.shapes"
local unit = require "aelua.base.unit"

local ops = core.ops

local kinds = {
  "mse", "mae", "huber", "bce", "bce_logits", "cross_entropy", "cross_entropy_logits", "cosine", "kl",
  "continuous_bernoulli",
}

local M, by_name = {}, {}
for _, name in ipairs(kinds) do
  M[name], by_name[name] = ops[name], ops[name]
end
for name in pairs(pictures.options) do
  kinds[#kinds + 1] = name
  M[name], by_name[name] = pictures[name], pictures[name]
end
M.total_variation, M.perceptual, M.gram = pictures.total_variation, perceptual.perceptual, perceptual.gram

-- What a loss of probabilities is, taken of the logits at once.
local of_logits = {
  bce = { sigmoid = { name = "bce_logits", activation = ops.sigmoid } },
  cross_entropy = { softmax = { name = "cross_entropy_logits", activation = ops.softmax } },
}

-- Losses of targets that are probabilities, or brightness that counts as one.
local of_unit = { bce = true, bce_logits = true, continuous_bernoulli = true }

-- Room for rounding where a scaler made the targets.
local rounding = 1e-5

---@class aelua.Loss
---@field name string? nil: a function of the user's own
---@field options table<string, any>
---@operator call(aelua.Tensor): aelua.Tensor
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

local function options_of(name)
  local known = {}
  for _, attribute in ipairs(core.describe(name).attributes) do known[attribute.name] = true end
  return known
end

-- Reductions that leave one number to train on.
local scalar = { mean = true, sum = true, batchmean = true }

-- Of an operation: raises where it does not have the option, or the value does not fit.
local function check_operation(who, name, options)
  local known = options_of(name)
  for key in pairs(options) do
    errors.check(known[key], "invalid", "%s: loss %s has no option '%s'%s", who, name, tostring(key),
      names.hint(key, known))
  end
  core.no_grad(ops[name], ops.ones({ 1, 2 }), ops.ones({ 1, 2 }), options)
end

local function check_options(who, name, options)
  if pictures.options[name] then
    pictures.check(("%s: loss %s"):format(who, name), name, options)
  else
    check_operation(who, name, options)
  end
  local reduction = options.reduction
  errors.check(reduction == nil or scalar[reduction], "invalid",
    "%s: a loss to train on wants the reduction mean, sum or batchmean, got '%s'", who, errors.shown(reduction))
end

local function with_options(name, options)
  local measure = M[name]
  if next(options) == nil then return measure end
  return function(prediction, target) return measure(prediction, target, options) end
end

-- Fusions that take every option that was given.
local function fusions_of(name, options)
  local fusions = {}
  for activation, fusion in pairs(of_logits[name] or {}) do
    local known, fits = options_of(fusion.name), true
    for key in pairs(options) do fits = fits and known[key] end
    if fits then
      fusions[activation] = { of_logits = with_options(fusion.name, options), activation = fusion.activation }
    end
  end
  return fusions
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
  local name, options = named.split(who, "loss", spec, by_name)
  check_options(who, name, options)
  return setmetatable({
    name = name, options = options, measure = with_options(name, options), fusions = fusions_of(name, options),
  }, Loss)
end

--- The loss and the activation before it as one operation, or nil:
--- of_logits(logits, target), and activation(logits), which is the prediction.
---@param loss aelua.Loss
---@param activation string? see Module.output_activation
---@return { of_logits: function, activation: function }?
function M.fused(loss, activation) return activation and loss.fusions and loss.fusions[activation] or nil end

--- Raises where the activation before the loss is one that the loss applies itself.
---@param who string how messages begin
---@param loss aelua.Loss
---@param activation string? see Module.output_activation
function M.check_activation(who, loss, activation)
  for name, fusions in pairs(of_logits) do
    local fusion = activation and fusions[activation]
    errors.check(not fusion or loss.name ~= fusion.name, "invalid",
      "%s: the decoder ends with %s, but the loss %s takes logits and applies it itself; did you mean loss = \"%s\"?",
      who, activation, loss.name, name)
  end
end

--- Raises where a loss of targets in 0..1 is given others.
---@param who string how messages begin
---@param loss aelua.Loss
---@param target aelua.Tensor|table<string, aelua.Tensor>
function M.check_target(who, loss, target)
  if not of_unit[loss.name] then return end
  for _, t in pairs(core.is_tensor(target) and { target } or target) do
    local low, high = unit.range(t)
    errors.check(not low or not (low < -rounding or high > 1 + rounding), "invalid",
      "%s: the loss %s wants targets from 0 to 1, got %.6g to %.6g", who, loss.name, low, high)
  end
end

--- What `get` takes to make the loss again, as data; nil: a function of the user's own.
---@param loss aelua.Loss
---@return string|table|nil
function M.describe(loss)
  return loss.name and named.join(loss.name, loss.options)
end

return names.strict(M, "nn.loss")
