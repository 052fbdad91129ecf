--- What the classes of models share of their options: modules, a scaler at the
--- door, a corruption of the input, metrics, a name; how they are checked, used, and
--- written to files.
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local named = require "aelua.base.named"
local shapes = require "aelua.base.shapes"

local M = {}

---@class aelua.ModelOptions
---@field input table shape of a sample, or named shapes
---@field encoder aelua.Module
---@field decoder aelua.Module
---@field metrics? table names ("mse", "psnr", "ssim", "compression_ratio", ...; ae.metrics), { "ssim", window = 7 } and functions
---@field corruption? any ae.noise.gaussian(0.4) or a function of a batch; applied to the input in training mode
---@field scaler? table a scaler fitted on the training data
---@field target? table shape of a target where it is not the input's
---@field name? string shown in the summary

--- The options of all models, and `more`.
---@param more table<string, aelua.Option>
---@return table<string, aelua.Option>
function M.declare(more)
  local all = {
    input = { required = true },
    encoder = { required = true },
    decoder = { required = true },
    metrics = { type = "table" },
    corruption = {},
    scaler = { type = "table" },
    target = {},
    name = { type = "string" },
  }
  for name, option in pairs(more) do all[name] = option end
  return all
end

local function callable(value)
  local meta = getmetatable(value)
  return type(value) == "function" or (type(meta) == "table" and meta.__call ~= nil)
end

local function check_scaler(who, scaler)
  if scaler == nil then return end
  errors.check(rawget(scaler, "__index") ~= scaler, "invalid", "%s: scaler is a class; %s():fit(train) makes one",
    who, tostring(rawget(scaler, "class_name")))
  errors.check(callable(scaler.transform) and callable(scaler.inverse), "invalid",
    "%s: scaler wants methods transform and inverse", who)
  errors.check(not scaler.is_fitted or scaler:is_fitted(), "state", "%s: the scaler is not fitted; scaler:fit(train) comes first",
    who)
end

-- Models of distributions add the layer that gives them.
local function check_end(who, encoder, tools)
  local last = encoder
  while tools.nn.Sequential.is(last) and #last > 0 do last = last[#last] end
  errors.check(not last.gives_distribution, "invalid", "%s: the encoder ends with %s, which gives a distribution; ae.VAE takes "
    .. "the features before it and adds that layer itself", who, last.class_name)
end

--- Checks what all models are given, and keeps what is not built: name, scaler,
--- corruption, metrics.
---@param model aelua.Model
---@param o table checked options
---@param tools aelua.ModelTools
function M.take(model, o, tools)
  local who = model.class_name
  for _, part in ipairs { "encoder", "decoder" } do
    errors.check(tools.nn.Module.is(o[part]), "invalid", "%s: %s wants a module, got %s", who, part, errors.kind(o[part]))
  end
  check_end(who, o.encoder, tools)
  errors.check(o.corruption == nil or callable(o.corruption), "invalid",
    "%s: corruption wants a function or a noise, got %s", who, type(o.corruption))
  check_scaler(who, o.scaler)
  model.name, model.scaler, model.corruption = o.name, o.scaler, o.corruption
  model.metrics = o.metrics
  tools.metrics(who, o.metrics, model)
end

---@param t table
---@return string[]
function M.sorted_names(t)
  local names = {}
  for name in pairs(t) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function corrupt(model, x)
  local noisy = model.corruption(x)
  errors.check(core.is_tensor(noisy) and shapes.equal(noisy.shape, x.shape), "shape",
    "%s: corruption wants to give a tensor %s, got %s", model.class_name, shapes.text(x.shape),
    core.is_tensor(noisy) and shapes.text(noisy.shape) or type(noisy))
  return noisy
end

--- The input as the encoder is given it in training.
---@param model aelua.Model
---@param input aelua.Tensor|table
---@return aelua.Tensor|table
function M.corrupted(model, input)
  if not model.corruption or not model.training then return input end
  if type(input) ~= "table" then return corrupt(model, input) end
  local result = {}
  for _, name in ipairs(M.sorted_names(input)) do result[name] = corrupt(model, input[name]) end
  return result
end

-- A part that describes itself, as noises and scalers do.
local function describe_part(writer, name, part)
  if part == nil then return nil end
  local config = type(part) == "table" and part.config
  if config then return config(part) end
  writer:leave_out("the %s is a function", name)
  return nil
end

local function describe_metrics(model, writer)
  local known = {}
  for key, metric in pairs(model.metrics or {}) do
    if type(metric) == "function" then writer:leave_out("metric %s is a function", tostring(key)) end
  end
  for _, metric in ipairs(model.metrics or {}) do
    if type(metric) ~= "function" then known[#known + 1] = named.normal(metric) end
  end
  return #known > 0 and known or nil
end

--- The description of what all models are given; see Module:config.
---@param model aelua.Model
---@param writer aelua.DescriptionWriter
---@return table
function M.describe(model, writer)
  return {
    name = model.name,
    input = model.input,
    target = not shapes.equal(model.output, model.input) and model.output or nil,
    encoder = writer:describe(model.encoder),
    decoder = writer:describe(model.decoder),
    metrics = describe_metrics(model, writer),
    corruption = describe_part(writer, "corruption", model.corruption),
    scaler = describe_part(writer, "scaler", model.scaler),
  }
end

--- The options that a description stands for; `reader.given` goes before it.
---@param config table
---@param reader aelua.DescriptionReader
---@param tools aelua.ModelTools
---@return table
function M.read(config, reader, tools)
  local given = reader.given
  return {
    name = config.name,
    input = config.input,
    target = config.target,
    encoder = reader:build(config.encoder, "encoder"),
    decoder = reader:build(config.decoder, "decoder"),
    metrics = given.metrics or config.metrics,
    corruption = given.corruption or (config.corruption and tools.noise.from_config(config.corruption)),
    scaler = config.scaler and tools.scaler.from_config(config.scaler),
  }
end

return M
