--- Ends training after the batch in which the time given has passed.
local Callback = require "aelua.train.callbacks.callback"
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"

---@class aelua.TimeBudget: aelua.Callback
local TimeBudget = Callback:extend("TimeBudget")

---@param seconds number counted from the beginning of fit
function TimeBudget:init(seconds, ...)
  options.no_more("TimeBudget", "a number of seconds", ...)
  errors.check(type(seconds) == "number" and seconds > 0, "invalid",
    "TimeBudget wants a number of seconds above 0, got %s", errors.shown(seconds))
  self.seconds = seconds
end

function TimeBudget:on_train_begin(_run) self.began = core.clock() end

function TimeBudget:on_batch_end(run)
  if core.clock() - self.began >= self.seconds then
    run:stop((("TimeBudget: %g seconds have passed"):format(self.seconds):gsub(",", ".")))
  end
end

return TimeBudget
