--- The parameters of one group, packed: their values, gradients and the
--- optimiser's state are flat tensors of one layout, so that a step is one pass.
local core = require "aelua.core"
local class = require "aelua.base.class"
local errors = require "aelua.base.errors"

---@class aelua.OptimGroup: aelua.Class
---@field names string[]
---@field parameters any[]
---@field steps integer[] how many steps each parameter has taken
---@field values any flat
---@field grads any flat
---@field state table<string, any> flat, by name
---@field kinds string[] the names of the state, in order
---@field firsts integer[] where each parameter begins, from 1
local Group = class("OptimGroup")

-- Moves the parameters into an arena of this group's. Another optimiser may
-- have taken them; the layout depends on the parameters alone.
function Group:pack()
  self.values, self.grads, self.firsts = core.arena(self.parameters)
  core.keep(self.values, self.grads) -- a step may be taken in a scope
  self.whole.w, self.whole.g = self.values, self.grads
end

---@param names string[]
---@param parameters any[] at least one
---@param states table<string, number> names of the state's tensors and what they begin with
function Group:init(names, parameters, states)
  self.names, self.parameters = names, parameters
  self.steps, self.ready, self.state, self.kinds = {}, {}, {}, {}
  self.whole = { first = 1, last = #parameters }
  self:pack()
  for i = 1, #parameters do self.steps[i] = 0 end
  for kind in pairs(states) do self.kinds[#self.kinds + 1] = kind end
  table.sort(self.kinds)
  for _, kind in ipairs(self.kinds) do self.state[kind] = core.keep(core.ops.full({ #self.values }, states[kind])) end
  self.whole.state = self.state
end

-- Elements of `flat` that belong to parameters first..last, and the gaps behind them.
function Group:cut(flat, first, last)
  local begin = self.firsts[first]
  local past = self.firsts[last + 1] or #flat + 1
  return core.ops.narrow(flat, 1, begin, past - begin)
end

---@class aelua.OptimRun parameters next to each other that take the same step
---@field first integer
---@field last integer
---@field step integer the number of the step, from 1
---@field w any flat values
---@field g any flat gradients
---@field state table<string, any>

---@return aelua.OptimRun
function Group:run(first, last, step)
  local run = self.whole
  if first > 1 or last < #self.parameters then
    run = { first = first, last = last, state = {} }
    run.w, run.g = self:cut(self.values, first, last), self:cut(self.grads, first, last)
    for name, flat in pairs(self.state) do run.state[name] = self:cut(flat, first, last) end
  end
  run.step = step
  return run
end

--- The runs of this step: parameters that are frozen or have no gradient since
--- it was last zeroed are in none of them.
---@return aelua.OptimRun[]
function Group:runs()
  local count = core.arena_ready(self.values, self.parameters, self.ready)
  if not count then
    self:pack()
    core.arena_ready(self.values, self.parameters, self.ready)
  end
  local runs, ready, steps = {}, self.ready, self.steps
  local i, n = 1, #self.parameters
  while i <= n do
    local first = i
    if ready[i] then
      while i < n and ready[i + 1] and steps[i + 1] == steps[first] do i = i + 1 end
      runs[#runs + 1] = self:run(first, i, steps[first] + 1)
    end
    i = i + 1
  end
  return runs
end

--- Counts the step of a run that was taken.
---@param run aelua.OptimRun
function Group:count(run)
  for i = run.first, run.last do self.steps[i] = run.step end
end

-- The part of a flat tensor that belongs to parameter i, in its shape.
function Group:piece(flat, i)
  local parameter = self.parameters[i]
  local count = 1
  for _, size in ipairs(parameter.shape) do count = count * size end
  return core.ops.reshape(core.ops.narrow(flat, 1, self.firsts[i], count), parameter.shape)
end

--- What load_state goes on from: copies, one table for each parameter.
---@return table[]
function Group:save()
  local saved = {}
  for i, name in ipairs(self.names) do
    local one = { name = name, steps = self.steps[i], state = {} }
    for key, flat in pairs(self.state) do one.state[key] = self:piece(flat, i):clone() end
    saved[i] = one
  end
  return saved
end

local function text(shape) return "[" .. table.concat(shape, ", ") .. "]" end

--- Raises where `saved` is not of these parameters. Errors: state.
---@param who string
---@param saved any
function Group:check(who, saved)
  errors.check(type(saved) == "table" and #saved == #self.names, "state",
    "%s: the state has %d parameters, the optimiser %d", who, type(saved) == "table" and #saved or 0, #self.names)
  for i, name in ipairs(self.names) do
    local one = saved[i]
    errors.check(type(one) == "table" and type(one.state) == "table", "state", "%s: parameter %d wants a table with its state",
      who, i)
    errors.check(one.name == name, "state", "%s: parameter %d is '%s', in the state '%s'", who, i, name,
      tostring(one.name))
    errors.check(math.type(one.steps) == "integer" and one.steps >= 0, "state", "%s: '%s' wants a number of steps",
      who, name)
    local want = text(self.parameters[i].shape)
    for _, key in ipairs(self.kinds) do
      local tensor = one.state[key]
      errors.check(core.is_tensor(tensor), "state", "%s: the state of '%s' has no '%s'", who, name, key)
      errors.check(text(tensor.shape) == want, "state", "%s: '%s' of '%s' wants shape %s, got %s", who, key, name,
        want, text(tensor.shape))
    end
  end
end

--- Takes over what `check` found right.
---@param saved table[]
function Group:load(saved)
  for i, one in ipairs(saved) do
    self.steps[i] = one.steps
    for key, flat in pairs(self.state) do self:piece(flat, i):copy_(one.state[key]) end
  end
end

return Group
