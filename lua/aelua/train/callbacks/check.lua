--- What fit is given as callbacks: a list of objects, or of plain tables with
--- some of the methods of Callback. What would never be called raises.
local errors = require "aelua.base.errors"
local names = require "aelua.base.names"

local moments = {
  "on_train_begin", "on_epoch_begin", "on_batch_end", "on_epoch_end", "on_train_end", "on_not_finite",
}
local known = {}
for _, moment in ipairs(moments) do known[moment] = true end

local function check_methods(who, i, holder)
  while type(holder) == "table" do
    for key in next, holder do
      errors.check(type(key) ~= "string" or key:sub(1, 3) ~= "on_" or known[key], "invalid",
        "%s: callback %d has a method '%s', which nothing calls%s", who, i, tostring(key), names.hint(key, moments))
    end
    local meta = getmetatable(holder)
    holder = meta and meta.__index
  end
end

---@param who string how messages begin
---@param callbacks table
return function(who, callbacks)
  local count = #callbacks
  errors.check(getmetatable(callbacks) == nil, "invalid", "%s: callbacks wants a list in braces: callbacks = { %s(...) }", who,
    tostring(callbacks.class_name or "callback"))
  for key in pairs(callbacks) do
    errors.check(math.type(key) == "integer" and key >= 1 and key <= count, "invalid",
      "%s: callbacks wants a list in braces, { callback, ... }, got the field '%s'", who, tostring(key))
  end
  for i = 1, count do
    local callback = callbacks[i]
    errors.check(type(callback) == "table", "invalid", "%s: callback %d wants an object or a table of methods, got %s",
      who, i, type(callback))
    errors.check(rawget(callback, "__index") ~= callback, "invalid", "%s: callback %d is a class; %s(...) makes an object",
      who, i, tostring(rawget(callback, "class_name")))
    check_methods(who, i, callback)
  end
end
