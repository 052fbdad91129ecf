--- Metrics: how far a reconstruction is from its target. Each is a function of
--- (prediction, target), both [N, ...], that gives one number per sample, [N];
--- what is reported is their mean over all samples of an epoch.
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local names = require "aelua.base.names"

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
function M.mse(prediction, target) return ops.mean(squared_error(prediction, target), 2) end

--- Mean absolute error of each sample.
function M.mae(prediction, target) return ops.mean(ops.abs(rows(prediction) - rows(target)), 2) end

--- Peak signal-to-noise ratio of each sample in dB, for data in 0..1:
--- 10 log10(1 / mse). A perfect copy counts as 100 dB.
function M.psnr(prediction, target)
  local mse = ops.maximum(M.mse(prediction, target), 1e-10)
  return ops.log(mse) * (-10 / math.log(10))
end

--- Euclidean length of each sample's error.
function M.l2(prediction, target) return ops.sqrt(ops.sum(squared_error(prediction, target), 2)) end

local known = { mse = M.mse, mae = M.mae, psnr = M.psnr, l2 = M.l2 }

---@class aelua.Metric
---@field name string
---@field measure fun(prediction: userdata, target: userdata): userdata|number

-- The metrics there are: of predictions, and of the model itself.
local function known_of(model)
  local all = { compression_ratio = function() return model:compression_ratio() end }
  for name, measure in pairs(known) do all[name] = measure end
  return all
end

--- The list of metrics that an option names: { "mse", "psnr", mine = function(prediction, target) ... end }.
--- A function gives a tensor of one number per sample, a scalar tensor or a number.
--- Besides this namespace's there is "compression_ratio", a number of the model's.
---@param who string how messages begin
---@param wanted? table
---@param model table
---@return aelua.Metric[]
function M.resolve(who, wanted, model)
  local list = {}
  local there_are = known_of(model)
  for i, value in ipairs(wanted or {}) do
    if type(value) == "function" then
      list[#list + 1] = { name = "metric" .. i, measure = value }
    else
      errors.check(there_are[value], "invalid", "%s: no metric '%s'%s", who, tostring(value),
        names.hint(value, there_are))
      list[#list + 1] = { name = value, measure = there_are[value] }
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
