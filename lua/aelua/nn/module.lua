--- The base of everything that holds parameters.
---
---   local Residual = nn.Module:extend("Residual")
---   function Residual:init(units) self.dense = nn.Dense(units, "relu") end
---   function Residual:forward(x) return x + self.dense:forward(x) end
---
--- Fields are found by themselves: other modules, plain tables of them, and
--- tensors. A leaf tensor that requires a gradient is a parameter,
---
---   function Scale:init(units) self.gain = ae.ones(units):require_grad() end
---
--- where a tensor that nobody asked for its gradient is not trained; one handed to
--- `module:buffer(name, tensor)` is a buffer, which travels with the weights but
--- is not trained. Other tensors, and fields that begin with an underscore, are
--- the module's own affair: a reference to another module's weights belongs
--- there.
---
--- Names are stable: array entries by number, fields in the order in which they
--- were first set. A tensor reached on two ways counts once, where it came first.
local core = require "aelua.core"
local blame = require "aelua.nn.blame"
local class = require "aelua.base.class"
local errors = require "aelua.base.errors"
local shapes = require "aelua.base.shapes"
local state = require "aelua.nn.state"
local tree = require "aelua.nn.tree"
local unknown_methods = require "aelua.nn.unknown_methods"
local watch = require "aelua.nn.watch"

local evaluating, no_grad, set_mode = tree.evaluating, core.no_grad, tree.set_mode

---@class aelua.Module: aelua.Class
---@field training boolean true: layers behave as in training (Dropout drops)
---@field input_shape integer[]? of one sample, once it is known
local Module = class("Module")
Module.is_module_class = true
Module.training = true

-- Parameters that freeze() took the gradient from: parameters all the same.
local frozen = setmetatable({}, { __mode = "k" })

function Module:__newindex(key, value)
  rawset(self, key, value)
  local kind = type(value)
  if (kind == "table" or kind == "userdata") and type(key) == "string" and key:byte() ~= 95 then
    local order = rawget(self, "_order")
    if not order then
      order = {}
      rawset(self, "_order", order)
    end
    for i = 1, #order do
      if order[i] == key then return end
    end
    order[#order + 1] = key
  end
end

--- module(x) is module:forward(x).
function Module:__call(...) return self:forward(...) end

function Module:__tostring() return self:label() end

--- What the module is called in a summary.
---@return string
function Module:label() return self.class_name end

--- What the module computes; every class has its own.
function Module:forward()
  errors.raise("unsupported", ("%s has no method forward"):format(self.class_name), 2)
end

--- Makes a buffer of `tensor`: saved with the weights, not trained.
---@param name string field that holds it
---@param tensor aelua.Tensor
---@return aelua.Tensor tensor
function Module:buffer(name, tensor)
  errors.check(core.is_tensor(tensor), "type", "%s:buffer wants a tensor for '%s', got %s",
    self.class_name, tostring(name), type(tensor))
  if not rawget(self, "_buffers") then rawset(self, "_buffers", {}) end
  self._buffers[name] = true
  self[name] = tensor
  return tensor
end

local function is_parameter(tensor) return frozen[tensor] or (tensor.requires_grad and tensor.is_leaf) end

local function is_buffer(entry)
  local buffers = rawget(entry.owner, "_buffers")
  return entry.key ~= nil and buffers ~= nil and buffers[entry.key] == true
end

local function parameter_entries(self)
  local result = {}
  for _, entry in ipairs(tree.list(self).tensors) do
    if is_parameter(entry.value) then result[#result + 1] = entry end
  end
  return result
end

local function iterate(entries)
  local i = 0
  return function()
    i = i + 1
    local entry = entries[i]
    if entry then return entry.name, entry.value end
  end
end

--- All parameters, frozen ones included, each once.
---@return aelua.Tensor[]
function Module:parameters()
  local result = {}
  for i, entry in ipairs(parameter_entries(self)) do result[i] = entry.value end
  return result
end

--- for name, parameter in module:named_parameters() do ... end
---@return fun(): string?, aelua.Tensor?
function Module:named_parameters() return iterate(parameter_entries(self)) end

--- for name, tensor in module:named_buffers() do ... end; tensor is owner[key].
---@return fun(): string?, aelua.Tensor?, aelua.Module?, string|integer|nil name, tensor, owner, key
function Module:named_buffers()
  local entries, i = tree.list(self).tensors, 0
  return function()
    repeat i = i + 1 until i > #entries or is_buffer(entries[i])
    local entry = entries[i]
    if entry then return entry.name, entry.value, entry.owner, entry.key end
  end
end

--- for name, module in model:named_modules() do ... end; itself first, as "".
---@return fun(): string?, aelua.Module?
function Module:named_modules() return iterate(tree.list(self).modules) end

--- The first module, of those of named_modules, that has no weights yet as it does not know its sizes; nil: there is none.
---@return string? name
---@return aelua.Module?
function Module:first_unbuilt()
  for _, entry in ipairs(tree.list(self).modules) do
    local module = entry.value
    if type(module.is_built) == "function" and not module:is_built() then return entry.name, module end
  end
  return nil
end

--- The modules directly below this one.
---@return aelua.Module[]
function Module:children() return tree.children(self) end

--- How many numbers the parameters hold.
---@param options? { trainable?: boolean } trainable = true: without the frozen ones
---@return integer
function Module:count_parameters(options)
  local total = 0
  for _, entry in ipairs(parameter_entries(self)) do
    if not (options and options.trainable) or entry.value.requires_grad then total = total + shapes.count(entry.value.shape) end
  end
  return total
end

--- Calls fn(module) for every module below this one and for this one, which comes last.
---@generic T: aelua.Module
---@param self T
---@param fn fun(module: aelua.Module)
---@return T self
function Module:apply(fn)
  local modules = tree.list(self).modules
  for i = #modules, 1, -1 do fn(modules[i].value) end
  return self
end

--- Puts the module and all below it into training mode.
---@param on? boolean false is eval()
function Module:train(on) return set_mode(self, on ~= false) end

--- Puts the module and all below it into evaluation mode.
function Module:eval() return set_mode(self, false) end

--- fn(...) in evaluation mode and without gradients. Every module's own mode
--- comes back, whatever happens.
---@param fn function
---@param ... any
---@return any ... what fn gives
function Module:quietly(fn, ...) return evaluating(self, no_grad, fn, ...) end

--- Takes the parameters out of training; they stay parameters.
---@generic T: aelua.Module
---@param self T
---@return T self
function Module:freeze()
  for _, entry in ipairs(parameter_entries(self)) do
    frozen[entry.value] = true
    entry.value:require_grad(false)
  end
  return self
end

--- Undoes freeze().
---@generic T: aelua.Module
---@param self T
---@return T self
function Module:unfreeze()
  for _, entry in ipairs(parameter_entries(self)) do
    entry.value:require_grad(true)
    frozen[entry.value] = nil
  end
  return self
end

local function state_entries(self)
  local result = {}
  for _, entry in ipairs(tree.list(self).tensors) do
    if is_parameter(entry.value) or is_buffer(entry) then result[#result + 1] = entry end
  end
  return tree.check_names(result)
end

--- Parameters and buffers by name: the tensors themselves, not copies.
---@return table<string, aelua.Tensor>
function Module:state_dict()
  local dict = {}
  for _, entry in ipairs(state_entries(self)) do dict[entry.name] = entry.value end
  return dict
end

--- Copies the values of `dict` into parameters and buffers. Raises on missing
--- and surplus names, and on shapes and types that differ; nothing is changed then.
---@generic T: aelua.Module
---@param self T
---@param dict table<string, aelua.Tensor>
---@return T self
function Module:load_state_dict(dict)
  state.load(self.class_name .. ":load_state_dict", self, state_entries(self), dict)
  return self
end

--- Takes the shape of one sample (no batch dimension), makes what depends on it
--- and gives the shape of one result. A class that has no build of its own runs
--- one sample of zeros through forward.
---@param shape integer[]|table<string, integer[]>
---@return integer[]|table
function Module:build(shape)
  self.input_shape = shapes.check(self.class_name .. ":build", shape)
  local result = self:within(self, "quietly", self.forward, self, shapes.zeros(shape))
  return shapes.of_sample(blame.check_result(self, result))
end

local function results_of(self, child, method, ok, ...)
  if not ok then blame.raise(self, child, (...)) end
  if method ~= "forward" or (...) ~= nil then return ... end
  return results_of(self, child, "", pcall(blame.check_result, child, ...))
end

--- child:method(...), whose errors name the child by its place below this module:
--- "decoder[2] Dense: ...".
---@param child aelua.Module
---@param method string
---@param ... any
---@return any ... what the method gives
function Module:within(child, method, ...)
  if not tree.is_module(child) then
    errors.raise("invalid", ("%s wants a module to call its %s, got %s"):format(self.class_name, method, errors.kind(child)), 2)
  end
  return results_of(self, child, method, pcall(child[method], child, ...))
end

--- Calls fn(...) while `seen` is told of what every module below gives:
--- seen(place, module, output), in the order in which they end.
---@param seen fun(place: string, module: aelua.Module, output: any)
---@param fn function
---@param ... any
---@return any ... what fn gives
function Module:watch(seen, fn, ...) return watch(tree.list(self).modules, seen, fn, ...) end

--- The penalties on weights and activities of the last forward that are to be
--- added to a loss: scalar tensors by name ("l1", "l2", "activity_l1"), summed
--- over all modules below. `fit` adds and reports them by itself; a loop of one's
--- own writes `loss = loss + module:penalty()`. A class that has penalties of its
--- own extends this: calls Module.add_penalty(into, name, value), and its super's.
---@param into? table<string, aelua.Tensor>
---@return table<string, aelua.Tensor>
function Module:penalties(into)
  into = into or {}
  for _, child in ipairs(tree.children(self)) do child:penalties(into) end
  return into
end

--- Adds a scalar tensor to the penalty `name`.
---@param into table<string, aelua.Tensor>
---@param name string
---@param value aelua.Tensor
function Module.add_penalty(into, name, value)
  local sum = into[name]
  into[name] = sum and sum + value or value
end

--- The sum of all penalties, a scalar tensor; the number 0 where there are none.
---@return aelua.Tensor|number
function Module:penalty()
  local by_name = self:penalties()
  if next(by_name) == nil then return 0 end
  local names = {}
  for name in pairs(by_name) do names[#names + 1] = name end
  table.sort(names)
  local total = by_name[names[1]]
  for i = 2, #names do total = total + by_name[names[i]] end
  return total
end

--- The element-wise or softmax function that the module ends with and that a
--- loss may take over (bce takes "sigmoid"), or nil. Where it is not nil,
--- forward_logits(x) gives what that function would have been applied to.
---@return string?
function Module:output_activation() return nil end

--- The description from which files build the module again: a table of numbers,
--- strings, booleans and tables of those. Only classes of aelua have one.
---@return table
function Module:config()
  errors.raise("unsupported", ("%s is a class of your own, which no model file can carry; "
    .. "its weights can be saved (ae.save_state)"):format(self.class_name), 2)
end

--- The activation that the module applies to what it computes, for ae.mirror.
---@return aelua.Module?
function Module:applied_activation() return nil end

--- The layer that undoes this one in a decoder; see nn.mirror.
---@return aelua.Module
function Module:mirror()
  errors.raise("unsupported", ("mirror: %s has no mirror image; give the class a method mirror(options)"):format(
    self.class_name), 2)
end

unknown_methods(Module)

return Module
