--- The buffers of a model (statistics of a normalisation, codebooks) as they were before a step. Layers move them while
--- they run forward, before it is known whether the step can be taken at all. A class may also put another tensor in a
--- buffer's place. Not here: parameters, which only a step that is taken changes.
local core = require "aelua.core"
local class = require "aelua.base.class"

---@class aelua.Buffers: aelua.Class
local Buffers = class("Buffers")

local function copy_of(tensor) return core.keep(tensor:clone()) end

--- Knows none before `find`.
---@param model table with named_buffers(), else there are none
function Buffers:init(model)
  self.model, self.places, self.held = model, {}, false
end

local function find_all(self)
  for _, place in ipairs(self.places) do place.copy:free() end
  self.places = {}
  if not self.model.named_buffers then return end
  for _, tensor, owner, key in self.model:named_buffers() do
    if not tensor.requires_grad then
      self.places[#self.places + 1] = { owner = owner, key = key, tensor = tensor, copy = copy_of(tensor) }
    end
  end
end

--- Looks for the model's buffers, which may be others than before.
function Buffers:find() core.no_grad(find_all, self) end

local function hold_all(places)
  for _, place in ipairs(places) do
    local now = rawget(place.owner, place.key)
    if now == place.tensor then
      place.copy:copy_(now)
    else
      place.copy:free()
      place.tensor, place.copy = now, copy_of(now)
    end
  end
end

--- Keeps what is in them, until `let_go` or `restore`.
function Buffers:hold()
  if not self.places[1] then return end
  -- A class that has freed a buffer says so better itself, when it runs.
  self.held = pcall(core.no_grad, hold_all, self.places)
end

--- The step was taken.
function Buffers:let_go() self.held = false end

local function restore_all(places)
  for _, place in ipairs(places) do
    local now = rawget(place.owner, place.key)
    if now ~= place.tensor or not pcall(now.copy_, now, place.copy) then
      place.tensor = copy_of(place.copy)
      rawset(place.owner, place.key, place.tensor)
    end
  end
end

--- Puts back what was kept, if anything is.
function Buffers:restore()
  if not self.held then return end
  self.held = false
  core.no_grad(restore_all, self.places)
end

return Buffers
