--- The networks of models.lua: one training step of each, and encoding with one.
local ae = require "aelua"

local nn, optim = ae.nn, ae.optim

local default_batch = 256 -- of `encode`

local Variational = nn.Module:extend("BenchVariational")

function Variational:init(units) self.posterior = nn.Variational(units) end

-- Keeps the KL to the standard normal, a sample's mean.
function Variational:forward(x)
  local q = self.posterior:forward(x)
  self.kl = q:kl():mean()
  return q:sample()
end

local function conv(units, activation, padding, stride)
  return nn.Conv2d(units, 3, { padding = padding, stride = stride, activation = activation })
end

local kinds = {}
function kinds.dense(units, activation) return nn.Dense(units, activation) end
function kinds.conv(units, activation) return conv(units, activation, "same", 1) end
function kinds.conv_valid(units, activation) return conv(units, activation, "valid", 1) end
function kinds.down(units, activation) return conv(units, activation, "same", 2) end
function kinds.up(units, activation)
  return nn.ConvTranspose2d(units, 3, { padding = "same", stride = 2, activation = activation })
end
function kinds.pool() return nn.MaxPool2d(2, { padding = "same" }) end
function kinds.upsample() return nn.UpSampling2d(2) end
function kinds.norm(_, activation) return nn.BatchNorm { activation = activation } end
function kinds.flatten() return nn.Flatten() end
function kinds.grid(units, activation) return nn.Dense({ 4, 4, units }, activation) end
function kinds.variational(units) return Variational(units) end

-- A network, its variational layer where it has one, and a batch.
local function network(input, batch, layers)
  ae.seed(1)
  local modules, variational = {}, nil
  for i, layer in ipairs(layers) do
    local kind, units, activation = layer:match "^([%a_]+)%-?(%d*)%-?(%a*)$"
    modules[i] = kinds[kind](math.tointeger(units), activation ~= "" and activation or nil)
    if kind == "variational" then variational = modules[i] end
  end
  return nn.Sequential(modules), variational, ae.rand(batch, table.unpack(input))
end

local M = {}

--- A training step.
---@param input integer[] the shape of a sample
---@param batch integer
---@param layers string[] as in models.lua
---@return function
function M.step(input, batch, layers)
  local net, variational, x = network(input, batch, layers)
  local opt = optim.Adam { net, lr = 1e-3 }
  net:train()
  local function step()
    local loss = nn.loss.bce_logits(net:forward(x), x, { reduction = variational and "batchmean" or "mean" })
    if variational then loss = loss + variational.kl end
    opt:zero_grad()
    loss:backward()
    opt:step()
  end
  return function() ae.scope(step) end
end

--- Encoding by a model's `encode`, all samples together; the layers are the encoder's. The codes are let go at once, as they
--- are in Python.
---@param input integer[]
---@param batch integer
---@param layers string[]
---@return function
function M.encode(input, batch, layers)
  local encoder, _, x = network(input, batch, layers)
  local decoder = nn.Sequential { nn.Flatten(), nn.Dense(input) }
  local model = ae.Autoencoder { input = input, encoder = encoder, decoder = decoder }
  local given = batch > default_batch and { batch_size = batch } or nil
  return function() model:encode(x, given):free() end
end

--- The same by the encoder alone.
---@param input integer[]
---@param batch integer
---@param layers string[]
---@return function
function M.forward(input, batch, layers)
  local encoder, _, x = network(input, batch, layers)
  encoder:build(input)
  encoder:eval()
  return function() ae.scope(ae.no_grad, encoder.forward, encoder, x):free() end
end

return M
