--- Codes turned by reflections, so that their distribution may have any covariance
--- (Tomczak, Welling, "Improving variational auto-encoders using Householder flow",
--- 2016):
---   z_t = z_{t-1} - 2 v_t (v_t . z_{t-1}) / |v_t|^2,   v_1 = dense(h), v_t = dense(v_{t-1})
--- Reflections keep lengths and volumes: the logarithm of the determinant is 0. Where
--- v_t is 0, as it may be of features that are all 0, its step does nothing.
local core = require "aelua.core"
local Dense = require "aelua.nn.dense"
local Flow = require "aelua.nn.flow"
local options = require "aelua.base.options"

local ops = core.ops

-- What |v|^2 is taken to be at least: 0 / 0 is none.
local least = 1e-30

---@class aelua.HouseholderFlow: aelua.Flow
---@field steps integer
---@field vectors aelua.Dense[] what gives v_1, v_2, ...
local HouseholderFlow = Flow:extend("HouseholderFlow")
HouseholderFlow.orthogonal = true

---@class aelua.HouseholderFlowOptions
---@field steps? integer reflections, default 4

local declared = { steps = { type = "integer", min = 1, default = 4 } }

---@param given? aelua.HouseholderFlowOptions
function HouseholderFlow:init(given) self.steps = math.tointeger(options.check("HouseholderFlow", given, declared).steps) end

function HouseholderFlow:label() return ("%s %d"):format(self.class_name, self.steps) end

function HouseholderFlow:make(units, features)
  local vectors = {}
  for t = 1, self.steps do
    vectors[t] = Dense(units)
    vectors[t]:build { t == 1 and features or units }
  end
  self.vectors = vectors
end

-- v_1, ..., each [N, D], and what its square is divided by, [N, 1].
local function reflections(self, h)
  local list, v = {}, h
  for t, layer in ipairs(self.vectors) do
    v = layer:forward(v)
    list[t] = { v = v, size = ops.maximum(ops.sum(ops.square(v), -1, true), least) }
  end
  return list
end

local function reflect(z, one) return z - one.v * (ops.sum(one.v * z, -1, true) * 2 / one.size) end

local function no_change(z)
  local shape = z.shape
  shape[#shape] = nil
  return ops.zeros(shape)
end

---@param z aelua.Tensor [N, D] or [S, N, D]
---@param h aelua.Tensor [N, F]
---@return aelua.Tensor codes
---@return aelua.Tensor log_determinant [N] or [S, N], zeros
function HouseholderFlow:forward(z, h)
  local determinant = no_change(z)
  for _, one in ipairs(reflections(self, h)) do z = reflect(z, one) end
  return z, determinant
end

function HouseholderFlow:inverse(codes, h)
  local list, determinant = reflections(self, h), no_change(codes)
  for t = #list, 1, -1 do codes = reflect(codes, list[t]) end
  return codes, determinant
end

function HouseholderFlow:config() return { steps = self.steps } end

function HouseholderFlow.from_config(config) return HouseholderFlow(config) end

return HouseholderFlow
