--- `ae.profile`: where the time of a function goes.
local core = require "aelua.core"
local Profile = require "aelua.profile.report"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"

local M = {}

---@class aelua.ProfileOptions
---@field times? integer how often to call the function; numbers printed are of one call; default 1
---@field warm_up? integer how often to call it before, untimed: the first call loads libraries; default 0
---@field shapes? boolean a row for every set of input shapes; default false
---@field trace? string a file to write every call to, as Chrome's trace viewer and Perfetto read it (JSON)

--- Calls a function and tells where its time went: for every operation, forward and backward apart, how often it ran,
--- for how long, and at which rate it computed and moved bytes. Operations inside others (those that the backward of an
--- `ae.Function` calls) count for themselves alone. What lies between the operations, "outside", is Lua, memory and the
--- walk through the graph.
---
---   print(ae.profile(step, { times = 100, warm_up = 5, shapes = true }))
---   ae.profile(function() model:fit(train, { epochs = 1 }) end, { trace = "trace.json" })
---
--- Errors: what the function raises; io, before it is called, where the trace cannot be written; state inside another
--- profile.
---@param fn fun()
---@param given? aelua.ProfileOptions
---@return aelua.Profile
function M.profile(fn, given)
  local o = options.check("profile", given, {
    times = { type = "integer", default = 1, min = 1 }, warm_up = { type = "integer", default = 0, min = 0 },
    shapes = { type = "boolean", default = false }, trace = { type = "string" },
  })
  errors.check(type(fn) == "function", "type", "profile wants a function, got %s", type(fn))
  if o.trace then core.check_writable(o.trace, "profile: trace") end
  for _ = 1, o.warm_up do fn() end
  local measured = core.profile(function()
    for _ = 1, o.times do fn() end
  end, o.trace ~= nil)
  if o.trace then core.write_file(o.trace, require("aelua.profile.trace")(measured)) end
  return Profile(measured, o)
end

return M
