--- Codes moved and scaled, each number by what those before it say (Kingma, Salimans,
--- Jozefowicz, Chen, Sutskever, Welling, "Improving variational inference with inverse
--- autoregressive flow", NeurIPS 2016):
---   z_t = g * z_{t-1} + (1 - g) * m,   g = sigmoid(s),   (m, s) of z_{t-1} and h
---   log |det| = sum_d log g_d
--- m and s come from masked dense layers, so that number d of each depends on the
--- numbers before d and on the features h; the order turns round from step to step.
--- g begins near 0.88: a step changes little at first.
---
--- forward takes one pass through the layers a step, inverse as many as a code has
--- numbers.
local core = require "aelua.core"
local Dense = require "aelua.nn.dense"
local Flow = require "aelua.nn.flow"
local MaskedDense = require "aelua.nn.masked_dense"
local activation = require "aelua.nn.activation"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"

local ops = core.ops

---@class aelua.InverseAutoregressiveFlow: aelua.Flow
---@field steps integer
---@field hidden integer[] units of the hidden layers of a step
local InverseAutoregressiveFlow = Flow:extend("InverseAutoregressiveFlow")

---@class aelua.InverseAutoregressiveFlowOptions
---@field steps? integer default 2
---@field hidden? integer|integer[] units of a step's hidden layer, or of several; default 320
---@field activation? string of hidden layers, default "relu"

-- Units that a hidden layer has at most: a list of their degrees is made before its weights are.
local most = 1 << 20

local declared = {
  steps = { type = "integer", min = 1, default = 2 },
  hidden = { type = { "integer", "table" }, min = 1, default = 320 },
  activation = { type = "string", default = "relu" },
}

---@param given? aelua.InverseAutoregressiveFlowOptions
function InverseAutoregressiveFlow:init(given)
  local o = options.check("InverseAutoregressiveFlow", given, declared)
  self.steps, self.hidden = math.tointeger(o.steps), {}
  for i, units in ipairs(type(o.hidden) == "table" and o.hidden or { o.hidden }) do
    errors.check(type(units) == "number" and units % 1 == 0 and units >= 1 and units <= most, "invalid",
      "InverseAutoregressiveFlow: hidden wants numbers of units from 1 to %d, got %s", most, errors.shown(units))
    self.hidden[i] = math.tointeger(units)
  end
  errors.check(#self.hidden > 0, "invalid", "InverseAutoregressiveFlow: hidden wants one layer or more, got none")
  self.activation_name = o.activation
  self._activation = activation.get("InverseAutoregressiveFlow", o.activation) or false
end

function InverseAutoregressiveFlow:label()
  return ("%s %d x %s"):format(self.class_name, self.steps, table.concat(self.hidden, "-"))
end

-- 1..D, or backwards.
local function order_of(units, backwards)
  local list = {}
  for i = 1, units do list[i] = backwards and units + 1 - i or i end
  return list
end

local function built(layer, size)
  layer:build { size }
  return layer
end

function InverseAutoregressiveFlow:make(units, features)
  self.first, self.context, self.inner, self.mean, self.gate = {}, {}, {}, {}, {}
  for t = 1, self.steps do
    local order, size = order_of(units, t % 2 == 0), self.hidden[1]
    self.context[t] = built(Dense(size, { bias = false }), features)
    -- Units of degree 0 see the features alone, and all numbers may see them.
    local degrees = MaskedDense.spread(size, units, 0)
    self.first[t] = built(MaskedDense(size, { inputs = order, degrees = degrees }), units)
    self.inner[t] = {}
    for i = 2, #self.hidden do
      local more = MaskedDense.spread(self.hidden[i], units, 0)
      self.inner[t][i - 1] = built(MaskedDense(self.hidden[i], {
        inputs = degrees, degrees = more, activation = self.activation_name,
      }), size)
      degrees, size = more, self.hidden[i]
    end
    self.mean[t] = built(MaskedDense(units, { inputs = degrees, degrees = order, strict = true }), size)
    self.gate[t] = built(MaskedDense(units, {
      inputs = degrees, degrees = order, strict = true, bias_init = { "constant", value = 2 },
    }), size)
  end
end

-- m and s of a step, [..., N, D] each; seen: what the step makes of h, [N, hidden].
local function shift_and_gate(self, t, z, seen)
  local a = self.first[t]:forward(z) + seen
  if self._activation then a = self._activation:forward(a) end
  for _, layer in ipairs(self.inner[t]) do a = layer:forward(a) end
  return self.mean[t]:forward(a), self.gate[t]:forward(a)
end

-- log sigmoid(s), summed over the code.
local function log_determinant(s) return -ops.sum(ops.softplus(-s), -1) end

---@param z aelua.Tensor [N, D] or [S, N, D]
---@param h aelua.Tensor [N, F]
---@return aelua.Tensor codes
---@return aelua.Tensor log_determinant [N] or [S, N]
function InverseAutoregressiveFlow:forward(z, h)
  local total
  for t = 1, self.steps do
    local m, s = shift_and_gate(self, t, z, self.context[t]:forward(h))
    local here = log_determinant(s)
    z = m + ops.sigmoid(s) * (z - m)
    total = total and total + here or here
  end
  return z, total
end

function InverseAutoregressiveFlow:inverse(codes, h)
  local total
  for t = self.steps, 1, -1 do
    local seen, z, s = self.context[t]:forward(h), codes, nil
    -- Each pass gets one more number right: those before it are by then.
    for _ = 1, self.units do
      local m
      m, s = shift_and_gate(self, t, z, seen)
      z = m + (codes - m) * (ops.exp(-s) + 1)
    end
    local here = log_determinant(s)
    codes, total = z, total and total + here or here
  end
  return codes, total
end

function InverseAutoregressiveFlow:config()
  return { steps = self.steps, hidden = self.hidden, activation = self.activation_name }
end

function InverseAutoregressiveFlow.from_config(config) return InverseAutoregressiveFlow(config) end

return InverseAutoregressiveFlow
