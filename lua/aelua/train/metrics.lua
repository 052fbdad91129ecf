--- Metrics: how far a reconstruction is from its target. Each is a function of
--- (prediction, target), both [N, ...], that gives one number per sample, [N];
--- what is reported is their mean over all samples of an epoch.
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local named = require "aelua.base.named"
local names = require "aelua.base.names"
local options = require "aelua.base.options"
local similarity = require "aelua.base.similarity"

local ops = core.ops

local M = {}

--- [N, ...] as [N, D].
local function rows(t)
  errors.check(core.is_tensor(t), "type",
    "metrics: mse, mae, psnr and l2 compare tensors, got %s; of named results a function measures", type(t))
  return ops.reshape(t, { #t, -1 })
end

local function squared_error(prediction, target)
  return ops.square(rows(prediction) - rows(target))
end

--- Mean squared error of each sample.
function M.mse(prediction, target, ...)
  options.no_more("metrics.mse", "a prediction and a target", ...)
  return ops.mean(squared_error(prediction, target), 2)
end

--- Mean absolute error of each sample.
function M.mae(prediction, target, ...)
  options.no_more("metrics.mae", "a prediction and a target", ...)
  return ops.mean(ops.abs(rows(prediction) - rows(target)), 2)
end

---@class aelua.PsnrOptions
---@field peak? number the brightest value, default 1

local declared_psnr = { peak = { type = "number", above = 0, default = 1 } }

--- Peak signal-to-noise ratio of each sample in dB, for data in 0..peak:
--- 10 log10(peak^2 / mse), mse over all of the sample's numbers. A perfect copy
--- counts as 100 dB. What is reported is the mean of the samples' ratios.
---@param given? aelua.PsnrOptions
function M.psnr(prediction, target, given)
  local peak = options.check("psnr", given, declared_psnr).peak
  local mse = ops.maximum(M.mse(prediction, target) * (1 / (peak * peak)), 1e-10)
  return ops.log(mse) * (-10 / math.log(10))
end

--- Euclidean length of each sample's error.
function M.l2(prediction, target, ...)
  options.no_more("metrics.l2", "a prediction and a target", ...)
  return ops.sqrt(ops.sum(squared_error(prediction, target), 2))
end

--- Structural similarity (SSIM) of each picture [H, W, C], 1 where they are the
--- same; the mean over channels. Wang et al. 2004, with the paper's constants.
---@param given? aelua.SsimOptions
function M.ssim(prediction, target, given)
  return similarity.ssim(prediction, target, similarity.check("ssim", "ssim", given))
end

--- Similarity of each picture over five scales (MS-SSIM), 0 to 1, of pictures of
--- at least 161 x 161. Wang, Simoncelli, Bovik 2003, with the paper's constants.
---@param given? aelua.MsSsimOptions
function M.ms_ssim(prediction, target, given)
  return similarity.ms_ssim(prediction, target, similarity.check("ms_ssim", "ms_ssim", given))
end

local known = { mse = M.mse, mae = M.mae, psnr = M.psnr, l2 = M.l2, ssim = M.ssim, ms_ssim = M.ms_ssim }

-- Raises where a metric does not take the options.
local check_options = {
  psnr = function(who, given) options.check(who, given, declared_psnr) end,
  ssim = function(who, given) similarity.check(who, "ssim", given) end,
  ms_ssim = function(who, given) similarity.check(who, "ms_ssim", given) end,
}

---@class aelua.Metric
---@field name string
---@field measure fun(prediction: userdata, target: userdata): userdata|number

-- The metrics there are: of predictions, and of the model itself.
local function known_of(model)
  local all = { compression_ratio = function() return model:compression_ratio() end }
  for name, measure in pairs(known) do all[name] = measure end
  return all
end

local function with_options(who, name, given, measure)
  if next(given) == nil then return measure end
  local check = check_options[name]
  errors.check(check, "invalid", "%s: metric %s has no options", who, name)
  check(("%s: metric %s"):format(who, name), given)
  return function(prediction, target) return measure(prediction, target, given) end
end

--- The list of metrics that an option names:
---
---   { "mse", "psnr", { "ssim", window = 7 }, mine = function(prediction, target) ... end }
---
--- A function gives a tensor of one number per sample, a scalar tensor or a number.
--- Besides this namespace's there is "compression_ratio", a number of the model's.
---@param who string how messages begin
---@param wanted? table
---@param model table
---@return aelua.Metric[]
function M.resolve(who, wanted, model)
  local list, named_already = {}, {}
  local there_are = known_of(model)
  for i, value in ipairs(wanted or {}) do
    if type(value) == "function" then
      list[#list + 1] = { name = "metric" .. i, measure = value }
    else
      local name, given = named.split(who, "metric", value, there_are)
      errors.check(not named_already[name], "invalid", "%s: metric %s stands there twice", who, name)
      named_already[name] = true
      list[#list + 1] = { name = name, measure = with_options(who, name, given, there_are[name]) }
    end
  end
  local own = {}
  for key, value in pairs(wanted or {}) do
    if type(key) == "string" then
      errors.check(type(value) == "function", "invalid", "%s: metric '%s' wants a function, got %s",
        who, key, type(value))
      own[#own + 1] = { name = key, measure = value }
    end
  end
  table.sort(own, function(a, b) return a.name < b.name end)
  table.move(own, 1, #own, #list + 1, list)
  return list
end

--- The mean over samples of what a metric measured, as a number.
---@param metric aelua.Metric
---@return number
function M.value(metric, prediction, target)
  local measured = metric.measure(prediction, target)
  if type(measured) == "number" then return measured end
  errors.check(core.is_tensor(measured), "type", "metric '%s' wants to give a number or a tensor, got %s",
    metric.name, type(measured))
  return ops.mean(measured):item()
end

return names.strict(M, "metrics")
