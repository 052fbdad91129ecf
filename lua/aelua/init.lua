--- What `require "aelua"` gives: operations, tensors and gradients at once;
--- every other part when it is first asked for, so that starting costs little.
local core = require "aelua.core"
local autograd = require "aelua.autograd"
local errors = require "aelua.base.errors"
local names = require "aelua.base.names"
local tensor = require "aelua.tensor"

---@class aelua
---@field version string the version of the library, "1.2.3"
---@field real string the type that tensors compute in: "f32", or "f64" in the double build
local ae = { version = core.version, real = core.real }

for name, operation in pairs(core.functions) do ae[name] = operation end
for name, fn in pairs(tensor.functions) do ae[name] = fn end
for _, name in ipairs { "tensor", "is_tensor", "seed", "threads", "clock", "memory", "budget", "kernels", "no_grad" } do
  ae[name] = core[name]
end
for name, fn in pairs(autograd) do ae[name] = fn end

--- Prints the documentation of a name ("sum", "nn.Dense") or of a thing itself
--- (ae.nn.Dense); without either, how to ask.
---@param what any
function ae.help(what) require("aelua.help").print(ae, what) end

-- Models, with what they use of the other parts, which are loaded when they are used.
local function make_models()
  return require "aelua.model" {
    nn = ae.nn,
    fit = function(...) return require("aelua.train.fit").run(...) end,
    evaluate = function(...) return require("aelua.train.evaluate").run(...) end,
    metrics = function(...) return ae.metrics.resolve(...) end,
    dataset = function(value) return ae.data.dataset(value) end,
    optimizer = function(spec, model) return ae.optim.get(spec, model) end,
    dist = ae.dist,
    labelled = function(data, labels) return ae.data.Dataset { input = data, labels = labels } end,
    schedule = {
      is = function(value) return ae.schedule.Schedule.is(value) end,
      describe = function(schedule) return ae.schedule.describe(schedule) end,
      from_config = function(config) return ae.schedule.from_config(config) end,
    },
    noise = { from_config = function(config) return ae.noise.from_config(config) end },
    scaler = { from_config = function(config) return ae.data.scaler.from_config(config) end },
  }
end
local made
local function models()
  made = made or make_models()
  return made
end

-- Each part and how it is made. What a part needs of others it is handed here.
local parts = {
  nn = function() return require "aelua.nn" end,
  mirror = function() return require("aelua.nn").mirror end,
  dist = function() return require "aelua.dist" end,
  optim = function() return require "aelua.optim" end,
  schedule = function() return require "aelua.schedule" end,
  data = function() return require "aelua.data" end,
  image = function() return require "aelua.image" end,
  io = function() return require "aelua.io" end,
  latent = function() return require "aelua.latent" { nn = ae.nn, optim = ae.optim } end,
  plot = function() return require "aelua.plot" end,
  callbacks = function() return require "aelua.train.callbacks" end,
  metrics = function() return require "aelua.train.metrics" end,
  History = function() return require "aelua.train.history" end,
  noise = function() return require "aelua.train.noise" end,
  profile = function() return require("aelua.profile").profile end,
  Profile = function() return require "aelua.profile.report" end,
  tune = function() return require("aelua.tune").tune end,
}

-- A part by its name, or a model or what reads its files; nil: there is none.
local function load(name)
  local value
  if parts[name] then value = parts[name]() else value = rawget(models(), name) end
  rawset(ae, name, value)
  return value
end

return setmetatable(ae, {
  __name = "ae",
  __index = function(_, name)
    if type(name) ~= "string" then return nil end
    local value = load(name)
    if value ~= nil then return value end
    local known = {}
    for _, names_of in ipairs { parts, ae, models() } do
      for key in next, names_of do known[key] = true end
    end
    errors.raise("invalid", ("ae has no '%s'%s"):format(name, names.hint(name, known)), 2)
  end,
  -- Whoever lists `ae` wants all of it.
  __pairs = function()
    for _, names_of in ipairs { parts, models() } do
      for name in next, names_of do
        if rawget(ae, name) == nil then load(name) end
      end
    end
    return next, ae, nil
  end,
})
