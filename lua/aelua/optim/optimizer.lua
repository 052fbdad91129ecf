local core = require "aelua.core"
local Group = require "aelua.optim.group"
local class = require "aelua.base.class"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local sources = require "aelua.optim.sources"

--- What all optimisers share: what they train, learning rates, an L2 penalty,
--- clipping, state. One of your own extends it:
---
---   local Lion = optim.Optimizer:extend("Lion")
---   Lion.declared = optim.Optimizer.declare(1e-4, { beta = { type = "number", default = 0.9 } })
---   function Lion:states() return { m = 0 } end        -- tensors for each parameter, and what they begin with
---   function Lion:update(group, run)                   -- run.w, run.g, run.state.m are flat, run.step counts from 1
---     local o, m = group.options, run.state.m
---     run.w:copy_(run.w - (m * o.beta + run.g * (1 - o.beta)):sign() * o.lr)
---     m:copy_(m * 0.99 + run.g * 0.01)
---   end
---@class aelua.Optimizer: aelua.Class
---@field declared table<string, aelua.Option> the options of a group
---@field grad_norm number? of the last step, before clipping; only with clip_norm
local Optimizer = class("Optimizer")

---@class aelua.OptimizerOptions
---@field [integer] any modules, parameters, groups { encoder, lr = 1e-4 }
---@field lr? number learning rate; the default is the class's
---@field l2? number adds l2 * sum w^2 to the objective, so 2 * l2 * w to every gradient after clipping; default 0
---@field clip_value? number each element of a gradient is clipped to this absolute value first; default: none
---@field clip_norm? number then all gradients together are scaled down to this L2 norm; default: none

local own = {
  clip_value = { type = "number", above = 0 },
  clip_norm = { type = "number", above = 0 },
}

-- With an optimiser's options for groups, those of the optimiser itself.
local function with_own(declared)
  local all = {}
  for name, option in pairs(declared) do all[name] = option end
  for name, option in pairs(own) do all[name] = option end
  return all
end

-- The declaration of a class's options: those of every class, `lr` being the
-- default learning rate, and its own.
function Optimizer.declare(lr, more)
  local declared = {
    lr = { type = "number", default = lr, min = 0, finite = true },
    l2 = { type = "number", default = 0, min = 0 },
  }
  for name, option in pairs(more or {}) do declared[name] = option end
  return declared
end

--- Makes an optimiser. Modules are asked for their parameters at the first
--- step, when their layers know their sizes; those added later are not trained.
--- Groups take every option but clip_value and clip_norm; a group's own lr
--- keeps its ratio to the optimiser's when that changes.
---@param given? aelua.OptimizerOptions
function Optimizer:init(given)
  local who = "optim." .. self.class_name
  errors.check(given == nil or not sources.is_item(given), "invalid", "%s wants what it trains in braces: %s { model, lr = ... }",
    who, who)
  self.options = options.check(who, given, with_own(self.declared), true)
  self.sources = sources.read(who, given or {}, self.declared)
  for _, source in ipairs(self.sources) do
    if source.options.lr then
      errors.check(self.options.lr > 0, "invalid", "%s: wants lr above 0 where groups have their own", who)
      source.lr_ratio = source.options.lr / self.options.lr
    end
    self:check_options(self:group_options(source))
  end
end

-- Raises where options of a group contradict each other; for classes to override.
function Optimizer:check_options(_o) end

-- The names of the tensors that the class keeps for each parameter, and what they
-- begin with; for classes to override.
function Optimizer:states(_o) return {} end

--- Takes one step along parameters that lie next to each other, in place.
---@param _group table its `options` are those of the parameters
---@param _run aelua.OptimRun
---@param _clip number? to clip each element of the gradient to, first
---@param _scale number to multiply it with then
function Optimizer:update(_group, _run, _clip, _scale)
  errors.raise("unsupported", ("%s has no method 'update'"):format(self:who()), 2)
end

-- optim.NAME, as messages begin.
function Optimizer:who(method)
  return ("optim.%s%s"):format(self.class_name, method and ":" .. method or "")
end

-- The options of a source, the optimiser's filled in.
function Optimizer:group_options(source)
  local o = {}
  for name, value in pairs(self.options) do o[name] = value end
  for name, value in pairs(source.options) do o[name] = value end
  o.lr = self.options.lr * (source.lr_ratio or 1)
  return o
end

--- Gives an optimiser that was made without modules one to train; fit does so.
--- One that has some keeps them; it raises where they are none of the module's.
---@param module any
---@return aelua.Optimizer self
function Optimizer:attach(module)
  local who = self:who("attach")
  if #self.sources == 0 then self.sources = sources.read(who, { module }, self.declared) end
  errors.check(not sources.are_strangers(self.sources, module), "invalid",
    "%s: the optimiser trains other parameters, and none of these; make one for each model", who)
  return self
end

--- The name of a parameter of the module, frozen ones aside, that the optimiser does not train; nil: it trains all.
---@param module any
---@return string?
function Optimizer:leaves_out(module)
  local trained = {}
  for _, list in ipairs(self.groups or sources.collect(self:who(), self.sources)) do
    for _, tensor in ipairs(list.parameters or list.tensors) do trained[tensor] = true end
  end
  for name, tensor in module:named_parameters() do
    if tensor.requires_grad and not trained[tensor] then return name end
  end
  return nil
end

-- Asks the modules for their parameters, once.
function Optimizer:resolve(method)
  if self.groups then return self.groups end
  local groups = {}
  for g, list in ipairs(sources.collect(self:who(), self.sources)) do
    local source = self.sources[g]
    local o = self:group_options(source)
    errors.check(#list.tensors > 0, "state",
      "%s: %s has no parameters yet; a module has them after its first forward or build", self:who(method),
      #self.sources > 1 and "group " .. g or "what it trains")
    groups[g] = Group(list.names, list.tensors, self:states(o))
    groups[g].options, groups[g].lr_ratio = o, source.lr_ratio or 1
  end
  errors.check(#groups > 0, "state", "%s: was made without modules or parameters", self:who(method))
  self.groups = groups
  return groups
end

--- Makes all gradients count as zero: those of modules without sizes yet come later.
function Optimizer:zero_grad()
  for _, list in ipairs(self.groups or sources.collect(self:who(), self.sources)) do
    for _, tensor in ipairs(list.parameters or list.tensors) do tensor:zero_grad() end
  end
end

-- What the gradients are scaled with, so that all together have at most the norm clip_norm.
function Optimizer:norm_scale(plan)
  local limit = self.options.clip_norm
  if not limit then return 1 end
  local sum = 0.0
  for _, entry in ipairs(plan) do
    for _, run in ipairs(entry.runs) do
      sum = sum + core.ops.gradient_norm(run.g, self.options.clip_value):item() ^ 2
    end
  end
  local norm = sum ^ 0.5
  errors.check(norm < math.huge, "state", "%s: the gradients' norm is %s; no parameter was changed",
    self:who("step"), norm)
  self.grad_norm = norm
  return norm > limit and limit / norm or 1
end

--- One step along the gradients there are. Parameters that are frozen, or have
--- no gradient since the last zero_grad, stay as they are, and so does their state.
function Optimizer:step()
  local plan = {}
  for g, group in ipairs(self:resolve("step")) do plan[g] = { group = group, runs = group:runs() } end
  -- All that may fail has been done: from here on parameters change.
  local scale, clip = self:norm_scale(plan), self.options.clip_value
  for _, entry in ipairs(plan) do
    local group = entry.group
    for _, run in ipairs(entry.runs) do
      self:update(group, run, clip, scale)
      group:count(run)
    end
  end
end

local function is_rate(lr) return type(lr) == "number" and lr >= 0 and lr < math.huge end

--- The learning rate; of groups with their own it is what their ratio refers to.
---@return number
function Optimizer:get_lr() return self.options.lr end

--- Sets the learning rate, from the next step on.
---@param lr number
function Optimizer:set_lr(lr)
  errors.check(is_rate(lr), "invalid", "%s: wants a number from 0 up, got %s", self:who("set_lr"), errors.shown(lr))
  self.options.lr = lr
  for _, group in ipairs(self.groups or {}) do group.options.lr = lr * group.lr_ratio end
end

--- What `load_state` goes on from: numbers, names and copies of tensors.
---@return table
function Optimizer:state()
  local saved = { class = self.class_name, lr = self.options.lr, groups = {} }
  for g, group in ipairs(self.groups or {}) do saved.groups[g] = group:save() end
  return saved
end

--- Goes on from what `state` gave, in an optimiser made the same way over the
--- same parameters. Errors: state, where class, names or shapes differ; nothing
--- has changed then.
---@param saved table
function Optimizer:load_state(saved)
  local who = self:who("load_state")
  errors.check(type(saved) == "table" and type(saved.groups) == "table", "invalid", "%s: wants what state() gave", who)
  errors.check(is_rate(saved.lr), "invalid", "%s: the state's lr wants a number from 0 up, got %s", who, errors.shown(saved.lr))
  errors.check(saved.class == self.class_name, "state", "%s: the state is of optim.%s", who, tostring(saved.class))
  if #saved.groups > 0 then
    local groups = self:resolve("load_state")
    errors.check(#groups == #saved.groups, "state", "%s: the state has %d groups, the optimiser %d", who,
      #saved.groups, #groups)
    for g, group in ipairs(groups) do group:check(who, saved.groups[g]) end
    for g, group in ipairs(groups) do group:load(saved.groups[g]) end
  else
    self.groups = nil -- the state of an optimiser before its first step
  end
  self:set_lr(saved.lr)
end

return Optimizer
