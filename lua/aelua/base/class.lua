--- Classes with single inheritance.
---
---   local Scaler = class("Scaler")
---   function Scaler:init(low) self.low = low end
---   local MinMax = Scaler:extend("MinMax")
---   local s = MinMax(0)          -- makes an object and calls init
---   MinMax.is(s), Scaler.is(s)   -- true, true
local errors = require "aelua.base.errors"

local M = {}

---@class aelua.Class
---@field class_name string
---@field super aelua.Class?
local Base = { class_name = "Object" }
Base.__index = Base

local function construct(class, ...)
  local object = setmetatable({}, class)
  object:init(...)
  return object
end

function Base:init() end

--- A class that inherits methods and metamethods from this one.
---@param name string
---@return aelua.Class
function Base:extend(name)
  errors.check(type(name) == "string" and name ~= "", "invalid", "%s:extend wants the name of the class, got %s",
    self.class_name, type(name))
  local class = { class_name = name, super = self }
  for key, value in pairs(self) do
    if type(key) == "string" and key:sub(1, 2) == "__" then class[key] = value end
  end
  class.__index = class
  class.__name = name
  class.is = function(value) return M.is(value, class) end
  return setmetatable(class, { __index = self, __call = construct, __name = "class " .. name })
end

--- Whether `value` is an object of `class` or of one that extends it.
---@param value any
---@param class aelua.Class
---@return boolean
function M.is(value, class)
  local c = type(value) == "table" and getmetatable(value) or nil
  while type(c) == "table" do
    if c == class then return true end
    c = rawget(c, "super")
  end
  return false
end

return setmetatable(M, { __call = function(_, name) return Base:extend(name) end })
