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
local options = require "aelua.base.options"
local parts = require "aelua.model.parts"
local shapes = require "aelua.base.shapes"

---@class aelua.AutoencoderOptions: aelua.ModelOptions
---@field loss? any a name ("bce"), { "huber", delta = 0.5 }, or a function(prediction, target) that gives a scalar; "mse"

local declared = parts.declare { loss = { default = "mse" } }

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
    parts.take(self, o, tools)
    self._loss = loss.get(o.loss, who)
    self.input = shapes.check(who, o.input)
    self.encoder = o.encoder
    self.decoder = o.decoder
    self:connect(o.target and shapes.check(who, o.target) or self.input)
    loss.check_activation(who, self._loss, self.decoder:output_activation())
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

  -- The loss of named results is the sum of each one's.
  local function named_losses(self, prediction, target)
    local total, terms = nil, {}
    for _, name in ipairs(parts.sorted_names(prediction)) do
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
    loss.check_target(self.class_name, self._loss, target)
    local code = self:within(self.encoder, "forward", parts.corrupted(self, input))
    local total, terms, prediction = reconstruction(self, code, target, wants_prediction)
    local penalties = self:penalties()
    if next(penalties) then
      terms = terms or { reconstruction = total }
      for _, name in ipairs(parts.sorted_names(penalties)) do
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

  function Autoencoder:config(writer)
    local config = parts.describe(self, writer)
    config.loss = self._loss and loss.describe(self._loss)
    if not config.loss then writer:leave_out("the loss is a function") end
    return config
  end

  function Autoencoder.from_config(config, reader)
    local given = reader.given
    options.check("Autoencoder", config, declared)
    local read = parts.read(config, reader, tools)
    read.loss = given.loss or config.loss or "mse"
    local self = Autoencoder(read)
    if not given.loss and not config.loss then self._loss = nil end
    return self
  end

  return nn.register(Autoencoder)
end
