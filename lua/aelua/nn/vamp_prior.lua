--- The prior that is a mixture of the encoder's own posteriors, those of K
--- pseudo-inputs, which are learned with the model:
---   p(z) = 1/K sum_k q(z | u_k)
--- Tomczak, Welling, "VAE with a VampPrior", AISTATS 2018. It needs the encoder: a
--- model attaches its own.
local core = require "aelua.core"
local Prior = require "aelua.nn.prior"
local dist = require "aelua.dist"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local parameter = require "aelua.nn.parameter"
local shapes = require "aelua.base.shapes"

local ops = core.ops

---@class aelua.VampPrior: aelua.Prior
---@field pseudo_inputs integer
---@field pseudo aelua.Tensor [K, ...] what `squash` is applied to, once attached
local VampPrior = Prior:extend("VampPrior")

---@class aelua.VampPriorOptions
---@field pseudo_inputs? integer K, default 500
---@field range? "unit"|"any" "unit": pseudo-inputs stay between 0 and 1, as the sigmoid of parameters; default "unit"

local function normal(shape) return ops.randn(shape) end

local declared = {
  pseudo_inputs = { type = "integer", min = 1, default = 500 },
  range = { type = "string", default = "unit", choices = { "unit", "any" } },
}

---@param given? aelua.VampPriorOptions
function VampPrior:init(given)
  local o = options.check("VampPrior", given, declared)
  self.pseudo_inputs, self.range = o.pseudo_inputs, o.range
end

--- Makes the pseudo-inputs, standard normal numbers before the sigmoid.
---@param encode fun(x: aelua.Tensor): aelua.Distribution what gives the posteriors of inputs
---@param shape integer[] of an input
function VampPrior:attach(encode, shape)
  self._encode = encode
  if not self.pseudo then
    self.pseudo = parameter.new("VampPrior", normal, { self.pseudo_inputs, table.unpack(shape) }, 1, 1)
  end
end

function VampPrior:label() return ("%s %d"):format(self.class_name, self.pseudo_inputs) end

function VampPrior:is_built() return self.pseudo ~= nil end

--- The pseudo-inputs as the encoder is given them.
---@return aelua.Tensor [K, ...]
function VampPrior:inputs()
  errors.check(self.pseudo, "state", "VampPrior has no encoder: a model attaches its own; prior:attach(encode, shape) another")
  return self.range == "unit" and ops.sigmoid(self.pseudo) or self.pseudo
end

--- Starts from samples, as many as there are pseudo-inputs; with "unit" those
--- closer to 0 or 1 than 0.01 are moved there, as no sigmoid gives 0 or 1.
---@param x aelua.Tensor [K, ...]
function VampPrior:start(x)
  local wanted = self:inputs().shape
  errors.check(core.is_tensor(x) and shapes.equal(x.shape, wanted), "shape", "VampPrior:start wants samples %s, got %s",
    shapes.text(wanted), core.is_tensor(x) and shapes.text(x.shape) or type(x))
  core.no_grad(function()
    if self.range == "unit" then
      x = ops.clamp(x, 0.01, 0.99)
      x = ops.log(x) - ops.log1p(-x)
    end
    self.pseudo:copy_(x)
  end)
end

function VampPrior:distribution()
  local x = self:inputs()
  return dist.Mixture(ops.zeros { self.pseudo_inputs }, self._encode(x))
end

function VampPrior:config() return { pseudo_inputs = self.pseudo_inputs, range = self.range } end

function VampPrior.from_config(config) return VampPrior(config) end

return VampPrior
