--- Layers one after the other.
---
---   nn.Sequential { nn.Flatten(), nn.Dense(32, "relu"), wide and nn.Dropout(0.5) or false }
---
--- `false` is skipped; a hole raises (Lua cannot tell a nil at the very end from
--- nothing). A name such as "relu" stands for the activation layer. The layers
--- are model[1], model[2], ...; #model is their number. One layer may stand in
--- several places: it has one set of weights, also in files, and is listed where
--- it comes first.
local core = require "aelua.core"
local Module = require "aelua.nn.module"
local activation = require "aelua.nn.activation"
local blame = require "aelua.nn.blame"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"
local tree = require "aelua.nn.tree"

---@class aelua.Sequential: aelua.Module
---@operator call(aelua.Tensor): aelua.Tensor
local Sequential = Module:extend("Sequential")
Sequential._count = 0

local is_tensor = core.is_tensor

local wanted = "Sequential: layer %d wants a module, got %s"

-- The layer in place i, where an assignment may have left anything: nobody hears of one to a field that is there already.
local function layer_at(self, i)
  local layer = self[i]
  if not tree.is_module(layer) then core.raise("invalid", wanted:format(i, errors.kind(layer)), 0) end
  return layer
end

-- How many layers there are, where Lua's own count ends at any hole: `_count` is what it was before something was taken out.
local function count(self)
  local n, before = #self, self._count
  if n == before then return n end
  for i = n + 1, before do
    if self[i] ~= nil then layer_at(self, n + 1) end
  end
  self._count = n
  return n
end

local set_field = Module.__newindex

local function set_layer(self, i, layer)
  errors.check(i >= 1 and i <= #self + 1, "invalid", "Sequential: a layer more would be the one in place %d, got place %d",
    #self + 1, i)
  errors.check(tree.is_module(layer), "invalid", wanted, i, errors.kind(layer))
  local before = self[i - 1]
  -- table.insert first puts the last layer in the place after its own.
  errors.check(layer == before or not (tree.is_module(before) and before.gives_distribution), "invalid",
    "Sequential: layer %d comes after %s, which gives a distribution and is the last; what follows takes a sample of it",
    i, before and before.class_name)
  rawset(self, i, layer)
  self._count = math.max(self._count, i)
end

function Sequential:__newindex(key, value)
  if math.type(key) == "integer" and value ~= nil then set_layer(self, key, value) else set_field(self, key, value) end
end

local function highest_index(list)
  local highest = 0
  for key in pairs(list) do
    if math.type(key) == "integer" then
      highest = math.max(highest, key)
    else
      errors.raise("invalid", ("Sequential wants a list of layers, got the field '%s'"):format(tostring(key)), 4)
    end
  end
  return highest
end

---@param layers table
function Sequential:init(layers, ...)
  options.no_more("Sequential", "one list of layers", ...)
  errors.check(type(layers) == "table" and getmetatable(layers) == nil, "invalid",
    "Sequential wants a list of layers in braces, got %s", errors.kind(layers))
  for i = 1, highest_index(layers) do
    local layer = layers[i]
    errors.check(layer ~= nil, "invalid", "Sequential: layer %d is nil; where a layer is optional, write `... or false`", i)
    if layer then self:append(layer) end
  end
end

--- Adds a layer at the end.
---@param layer aelua.Module|string
---@return aelua.Sequential self
function Sequential:append(layer)
  if type(layer) == "string" then layer = activation.get("Sequential", layer) end
  errors.check(tree.is_module(layer), "invalid", "Sequential: layer %d wants a module or the name of an activation, got %s",
    #self + 1, errors.kind(layer))
  self[#self + 1] = layer
  return self
end

-- Its layers, one a line, those of a layer that lists its own further in.
function Sequential:__tostring()
  local lines = { self:label() }
  for i = 1, #self do lines[i + 1] = ("  %d  %s"):format(i, (tostring(self[i]):gsub("\n", "\n     "))) end
  return table.concat(lines, "\n")
end

-- A class whose field `transparent` is the class itself keeps neither what it
-- is given nor what it gives (one that extends it may). Between two of those the
-- handle on a result is let go at once, and with it the memory, or in training
-- what the graph does not need.
local function run(self, x, last)
  local before, result = false, x
  for i = 1, last do
    local layer = self[i]
    self._at = i
    local class = layer.__index
    if class == layer then layer_at(self, i) end -- the class itself, which would take what it is given for its objects'
    local output = blame.check_result(layer, layer:forward(result))
    local now = layer.transparent == class
    if before and now and result ~= x and output ~= result then result:free() end
    before, result = now, output
  end
  return result, before
end

---@param x aelua.Tensor [N, ...]
---@return aelua.Tensor
function Sequential:forward(x)
  local ok, output = pcall(run, self, x, count(self))
  if not ok then blame.raise(self, layer_at(self, self._at), output) end
  return output
end

-- The last layer that computes anything: those after it only rearrange.
local function last_computing(self)
  local i = count(self)
  while i > 1 and layer_at(self, i).rearranges do i = i - 1 end
  return i
end

function Sequential:output_activation()
  local i = last_computing(self)
  if i == 0 then return nil end
  local name = layer_at(self, i):output_activation()
  if name == "softmax" and i < #self then return nil end
  return name
end

local function run_logits(self, x)
  local last = last_computing(self)
  local hidden, before = run(self, x, last - 1)
  self._at = last
  local layer = layer_at(self, last)
  local result = layer:forward_logits(hidden)
  if before and layer.transparent == layer.__index and hidden ~= x and result ~= hidden then hidden:free() end
  for i = last + 1, #self do
    self._at = i
    local output = self[i]:forward(result)
    if result ~= x and output ~= result and is_tensor(result) then result:free() end
    result = output
  end
  return result
end

--- The output before its last function; see Module.output_activation.
---@param x aelua.Tensor
---@return aelua.Tensor
function Sequential:forward_logits(x)
  local ok, output = pcall(run_logits, self, x)
  if not ok then blame.raise(self, layer_at(self, self._at), output) end
  return output
end

local function build_all(self, shape)
  for i = 1, count(self) do
    self._at = i
    shape = layer_at(self, i):build(shape)
  end
  return shape
end

---@param shape integer[] of one sample
---@return integer[] of one result
function Sequential:build(shape)
  shape = shapes.check("Sequential:build", shape)
  self.input_shape = shape
  local ok, output = pcall(build_all, self, shape)
  if not ok then blame.raise(self, layer_at(self, self._at), output) end
  return output
end

function Sequential:penalties(into)
  into = into or {}
  for i = 1, #self do self[i]:penalties(into) end
  return into
end

function Sequential:config(writer)
  local layers = {}
  for i = 1, count(self) do layers[i] = writer:describe(layer_at(self, i)) end
  return { layers = layers }
end

function Sequential.from_config(config, reader)
  errors.check(type(config.layers) == "table", "format", "Sequential: the list 'layers' is missing")
  local self = Sequential {}
  for i = 1, #config.layers do self:append(reader:build(config.layers[i], i)) end
  return self
end

return Sequential
