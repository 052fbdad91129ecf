--- The networks of models.lua, and one training step of each.
local ae = require "aelua"

local nn, optim = ae.nn, ae.optim

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

local M = {}

--- A training step.
---@param input integer[] the shape of a sample
---@param batch integer
---@param layers string[] as in models.lua
---@return function
function M.step(input, batch, layers)
  ae.seed(1)
  local modules, variational = {}, nil
  for i, layer in ipairs(layers) do
    local kind, units, activation = layer:match "^([%a_]+)%-?(%d*)%-?(%a*)$"
    modules[i] = kinds[kind](math.tointeger(units), activation ~= "" and activation or nil)
    if kind == "variational" then variational = modules[i] end
  end
  local net = nn.Sequential(modules)
  local x = ae.rand(batch, table.unpack(input))
  local opt = optim.Adam { net, lr = 1e-3 }
  net:train()
  return function()
    local loss = nn.loss.bce_logits(net:forward(x), x, { reduction = variational and "batchmean" or "mean" })
    if variational then loss = loss + variational.kl end
    opt:zero_grad()
    loss:backward()
    opt:step()
  end
end

return M
