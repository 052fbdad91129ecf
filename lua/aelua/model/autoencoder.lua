--- The plain autoencoder: decoder(encoder(x)) compared with x.
---
---   local model = ae.Autoencoder {
---     input = { 28, 28, 1 },
---     encoder = nn.Sequential { nn.Flatten(), nn.Dense(32, "relu") },
---     decoder = nn.Sequential { nn.Dense({ 28, 28, 1 }, "sigmoid") },
---     loss = "bce",
---   }
---
--- Where the decoder ends with a sigmoid and the loss is bce (or softmax and
--- cross_entropy), both run as one operation on the logits: the same value, faster
--- and exact where the probability rounds to 0 or 1.
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local named = require "aelua.base.named"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"

---@class aelua.AutoencoderOptions
---@field input table shape of a sample, or named shapes
---@field encoder aelua.Module
---@field decoder aelua.Module
---@field loss? any a name ("bce"), { "huber", delta = 0.5 }, or a function(prediction, target) that gives a scalar; "mse"
---@field metrics? table names ("mse", "psnr", "ssim", "compression_ratio", ...; ae.metrics), { "ssim", window = 7 } and functions
---@field corruption? any ae.noise.gaussian(0.4) or a function of a batch; applied to the input in training mode
---@field scaler? table a scaler fitted on the training data
---@field target? table shape of a target where it is not the input's
---@field name? string shown in the summary

local declared = {
  input = { required = true },
  encoder = { required = true },
  decoder = { required = true },
  loss = { default = "mse" },
  metrics = { type = "table" },
  corruption = {},
  scaler = { type = "table" },
  target = {},
  name = { type = "string" },
}

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

local function sorted_names(t)
  local names = {}
  for name in pairs(t) do names[#names + 1] = name end
  table.sort(names)
  return names
end

---@param Model aelua.Model
---@param tools aelua.ModelTools
return function(Model, tools)
  local nn, loss = tools.nn, tools.nn.loss

  ---@class aelua.Autoencoder: aelua.Model
  local Autoencoder = Model:extend("Autoencoder")

  ---@param given aelua.AutoencoderOptions
  function Autoencoder:init(given)
    local who = self.class_name
    errors.check(type(given) == "table", "invalid", "%s wants a table of options, got %s", who, type(given))
    local o = options.check(who, given, declared)
    for _, part in ipairs { "encoder", "decoder" } do
      errors.check(nn.Module.is(o[part]), "invalid", "%s: %s wants a module, got %s", who, part, type(o[part]))
    end
    errors.check(o.corruption == nil or callable(o.corruption), "invalid",
      "%s: corruption wants a function or a noise, got %s", who, type(o.corruption))
    check_scaler(who, o.scaler)
    self.name, self.scaler, self.corruption = o.name, o.scaler, o.corruption
    self.metrics = o.metrics
    tools.metrics(who, o.metrics, self)
    self._loss = loss.get(o.loss, who)
    self.input = shapes.check(who, o.input)
    self.encoder = o.encoder
    self.decoder = o.decoder
    self:connect(o.target and shapes.check(who, o.target) or self.input)
  end

  --- Builds encoder and decoder, and checks that what comes out is `wanted`.
  function Autoencoder:connect(wanted)
    self.code = self:within(self.encoder, "build", self.input)
    self.output = self:within(self.decoder, "build", self.code)
    if shapes.equal(self.output, wanted) then return end
    errors.raise("shape", ("%s: %s"):format(self.class_name,
      nn.size_hint(self, self.decoder, self.output, wanted, wanted == self.input and "input" or "target")))
  end

  -- A loss of the user's own may take targets of any shape.
  function Autoencoder:check_data(who, set)
    Model.check_data(self, who, set)
    if self._loss and loss.describe(self._loss) then self:check_targets(who, set) end
  end

  function Autoencoder:build(shape)
    shape = shapes.check(self.class_name .. ":build", shape)
    errors.check(shapes.equal(shape, self.input), "shape", "%s was made for %s, got %s", self.class_name,
      shapes.text(self.input), shapes.text(shape))
    return self.output
  end

  local function corrupt(self, x)
    local noisy = self.corruption(x)
    errors.check(core.is_tensor(noisy) and shapes.equal(noisy.shape, x.shape), "shape",
      "%s: corruption wants to give a tensor %s, got %s", self.class_name, shapes.text(x.shape),
      core.is_tensor(noisy) and shapes.text(noisy.shape) or type(noisy))
    return noisy
  end

  local function corrupted(self, input)
    if not self.corruption or not self.training then return input end
    if type(input) ~= "table" then return corrupt(self, input) end
    local result = {}
    for _, name in ipairs(sorted_names(input)) do result[name] = corrupt(self, input[name]) end
    return result
  end

  -- The loss of named results is the sum of each one's.
  local function named_losses(self, prediction, target)
    local total, terms = nil, {}
    for _, name in ipairs(sorted_names(prediction)) do
      local value = self._loss(prediction[name], target[name])
      terms[name] = value
      total = total and total + value or value
    end
    return total, terms
  end

  local function reconstruction(self, code, target, wants_prediction)
    local decoder = self.decoder
    local fused = loss.fused(self._loss, decoder:output_activation())
    if fused then
      local logits = self:within(decoder, "forward_logits", code)
      return fused.of_logits(logits, target), nil, wants_prediction and fused.activation(logits) or nil
    end
    local prediction = self:within(decoder, "forward", code)
    if type(prediction) == "table" then
      local total, terms = named_losses(self, prediction, target)
      return total, terms, prediction
    end
    return self._loss(prediction, target), nil, prediction
  end

  --- See Model. Terms, where there are penalties: `reconstruction`, and each
  --- penalty by its name; where results are named: each one's loss by its name.
  function Autoencoder:losses(batch, wants_prediction)
    errors.check(self._loss, "state",
      "%s: the file does not carry its loss, which was a function: ae.load_model(path, { loss = ... })", self.class_name)
    local input = self:prepare(batch.input)
    local target = batch.target and self:prepare(batch.target) or input
    local code = self:within(self.encoder, "forward", corrupted(self, input))
    local total, terms, prediction = reconstruction(self, code, target, wants_prediction)
    local penalties = self:penalties()
    if next(penalties) then
      terms = terms or { reconstruction = total }
      for _, name in ipairs(sorted_names(penalties)) do
        terms[name] = penalties[name]
        total = total + penalties[name]
      end
    end
    if prediction and wants_prediction then prediction = core.no_grad(self.restore, self, prediction) end
    return total, terms, prediction
  end

  function Autoencoder:penalties(into)
    into = self.encoder:penalties(into)
    return self.decoder:penalties(into)
  end

  -- A part that describes itself, as noises and scalers do.
  local function describe_part(writer, name, part)
    if part == nil then return nil end
    local config = type(part) == "table" and part.config
    if config then return config(part) end
    writer:leave_out("the %s is a function", name)
    return nil
  end

  local function describe_metrics(self, writer)
    local known = {}
    for key, metric in pairs(self.metrics or {}) do
      if type(metric) == "function" then writer:leave_out("metric %s is a function", tostring(key)) end
    end
    for _, metric in ipairs(self.metrics or {}) do
      if type(metric) ~= "function" then known[#known + 1] = named.normal(metric) end
    end
    return #known > 0 and known or nil
  end

  function Autoencoder:config(writer)
    local described = self._loss and loss.describe(self._loss)
    if not described then writer:leave_out("the loss is a function") end
    return {
      name = self.name,
      input = self.input,
      target = not shapes.equal(self.output, self.input) and self.output or nil,
      encoder = writer:describe(self.encoder),
      decoder = writer:describe(self.decoder),
      loss = described,
      metrics = describe_metrics(self, writer),
      corruption = describe_part(writer, "corruption", self.corruption),
      scaler = describe_part(writer, "scaler", self.scaler),
    }
  end

  function Autoencoder.from_config(config, reader)
    local given = reader.given
    options.check("Autoencoder", config, declared)
    local self = Autoencoder {
      name = config.name,
      input = config.input,
      target = config.target,
      encoder = reader:build(config.encoder, "encoder"),
      decoder = reader:build(config.decoder, "decoder"),
      loss = given.loss or config.loss or "mse",
      metrics = given.metrics or config.metrics,
      corruption = given.corruption or (config.corruption and tools.noise.from_config(config.corruption)),
      scaler = config.scaler and tools.scaler.from_config(config.scaler),
    }
    if not given.loss and not config.loss then self._loss = nil end
    return self
  end

  return nn.register(Autoencoder)
end
