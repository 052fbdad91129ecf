--- Activations as layers: ReLU, LeakyReLU(slope), ELU(alpha), SELU, GELU, SiLU,
--- Softplus, Tanh, Sigmoid, Softmax(dim). Each applies the operation of its name
--- to every element (Softmax: along one dimension, the last by default).
---
--- Where a layer takes `activation`, it is one of their names ("relu",
--- "leaky_relu", ...; "linear" is none), { "leaky_relu", slope = 0.1 }, or any
--- module.
local core = require "aelua.core"
local Layer = require "aelua.nn.layer"
local errors = require "aelua.base.errors"
local named = require "aelua.base.named"
local names = require "aelua.base.names"
local tree = require "aelua.nn.tree"

local ops = core.ops

---@class aelua.Activation: aelua.Layer
---@field name string
local Activation = Layer:extend("Activation")

local M = { Activation = Activation, classes = {}, by_name = {} }

function Activation:config()
  return self.option and { [self.option] = self[self.option] } or {}
end

--- Undoes the activation, for decoders of tied weights.
---@return aelua.Tensor
function Activation:inverse()
  errors.raise("unsupported", ("%s has no inverse"):format(self.class_name), 2)
end

--- Declares a class. `option` is the one number that it may take.
local function declare(class_name, name, option, default)
  local op, kind = ops[name], math.type(default) == "integer" and "integer" or "number"
  local class = Activation:extend(class_name)
  class.name, class.option, class.default, class.transparent = name, option, default, class

  if option then
    ---@param value? number|table slope (LeakyReLU, 0.01), alpha (ELU, 1) or dim (Softmax, -1), or a table with it
    function class:init(value)
      if type(value) == "table" then
        for key in pairs(value) do
          errors.check(key == option, "invalid", "%s has no option '%s'%s", class_name, tostring(key),
            names.hint(key, { option }))
        end
        value = value[option]
      end
      if value == nil then value = default end
      local fits = type(value) == "number" and value == value and (kind == "number" or math.type(value) == kind)
      errors.check(fits, "invalid", "%s: %s wants %s, got %s", class_name, option,
        kind == "number" and "a number" or "an integer", errors.shown(value))
      self[option] = value
    end

    function class:forward(x) return op(x, self[option]) end
  else
    function class:init(...)
      errors.check((...) == nil, "invalid", "%s takes no options", class_name)
    end

    function class:forward(x) return op(x) end
  end

  function class.from_config(config) return class(config[option or ""]) end

  M.classes[class_name], M.by_name[name] = class, class
  return class
end

declare("ReLU", "relu")
local LeakyReLU = declare("LeakyReLU", "leaky_relu", "slope", 0.01)
declare("ELU", "elu", "alpha", 1.0)
declare("SELU", "selu")
declare("GELU", "gelu")
declare("SiLU", "silu")
declare("Softplus", "softplus")
local Tanh = declare("Tanh", "tanh")
local Sigmoid = declare("Sigmoid", "sigmoid")
local Softmax = declare("Softmax", "softmax", "dim", -1)

function Sigmoid:output_activation() return "sigmoid" end
function Sigmoid:forward_logits(x) return x end
function Softmax:output_activation() return self.dim == -1 and "softmax" or nil end
function Softmax:forward_logits(x) return x end

-- Values at the ends of the range would go to infinity: they are held this far
-- from them.
local margin = 1e-6

function Sigmoid:inverse(y)
  y = ops.clamp(y, margin, 1 - margin)
  return ops.log(y / (1 - y))
end

function Tanh:inverse(y)
  y = ops.clamp(y, margin - 1, 1 - margin)
  return ops.log((1 + y) / (1 - y)) * 0.5
end

function LeakyReLU:inverse(y)
  errors.check(self.slope > 0, "unsupported", "LeakyReLU with slope %g has no inverse", self.slope)
  return ops.leaky_relu(y, 1 / self.slope)
end

--- The module that `spec` stands for; nil: none.
---@param who string how messages begin
---@param spec any
---@return aelua.Module?
function M.get(who, spec)
  if spec == nil or spec == "linear" then return nil end
  if tree.is_module(spec) then return spec end
  local name, options = named.split(who, "activation", spec, M.by_name,
    type(spec) == "function" and "; put the function into a module's forward" or nil)
  return M.by_name[name](next(options) and options or nil)
end

local function is_own(module) return M.by_name[module.name or ""] == getmetatable(module) end

local function is_default(module) return not module.option or module[module.option] == module.default end

--- Whether `module` can undo itself.
---@param module aelua.Module
---@return boolean
function M.has_inverse(module) return module.inverse ~= nil and module.inverse ~= Activation.inverse end

--- The name under which the fused dense operation applies `module`, with its
--- slope or alpha; nil: it cannot.
---@param module aelua.Module
---@return string?
function M.fused(module)
  if not is_own(module) or (module.name == "softmax" and module.dim ~= -1) then return nil end
  if (module.slope or 0) < 0 or (module.alpha or 0) < 0 then return nil end
  return module.name
end

--- A new module like `module`; raises for a class that has no mirror image.
---@param module aelua.Module
---@return aelua.Module
function M.copy(module)
  if not is_own(module) then return module:mirror {} end
  return getmetatable(module)(module.option and module[module.option] or nil)
end

--- What `read` takes to make `module` again, as data.
---@param module aelua.Module
---@param writer aelua.DescriptionWriter
---@return string|table
function M.describe(module, writer)
  if not is_own(module) then return writer:describe(module) end
  return named.join(module.name, is_default(module) and {} or { [module.option] = module[module.option] })
end

--- The module that a description stands for; nil: none.
---@param config string|table|nil
---@param reader aelua.DescriptionReader
---@return aelua.Module?
function M.read(config, reader)
  if type(config) == "table" and (config.class or config.same) then return reader:build(config, "activation") end
  return M.get("activation", config)
end

return M
