--- Ends training quietly at a loss that is not finite, where fit would raise.
--- The weights are those before the batch that gave it. Of a validation the row of
--- its epoch holds the values that are not finite.
local Callback = require "aelua.train.callbacks.callback"
local options = require "aelua.base.options"

---@class aelua.TerminateOnNaN: aelua.Callback
local TerminateOnNaN = Callback:extend("TerminateOnNaN")

---@param given? table it has no options
function TerminateOnNaN:init(given) options.check("TerminateOnNaN", given, {}) end

--- Called by fit in place of its error.
function TerminateOnNaN:on_not_finite(run, message)
  run:stop("TerminateOnNaN: " .. message)
  return true
end

return TerminateOnNaN
