--- What fit tells the world while it runs. Extend it, or pass a plain table
--- with the methods wanted. Every method gets the run: `run.model`,
--- `run.optimizer`, `run.history`, `run.epoch`, `run.batch`, `run.epochs`,
--- `run:stop(reason)`, `run:say(text)`.
local class = require "aelua.base.class"

---@class aelua.Callback: aelua.Class
local Callback = class("Callback")

function Callback:on_train_begin(_run) end
function Callback:on_epoch_begin(_run) end
--- `value`: the batch's loss; `terms`: its named parts.
function Callback:on_batch_end(_run, _value, _terms) end
--- `row`: the epoch's values by name, as the history keeps them.
function Callback:on_epoch_end(_run, _row) end
function Callback:on_train_end(_run) end

--- Told before the first batch and after it which columns rows will have: the place to
--- raise where columns:lacks(name).
function Callback:check_columns(_columns) end

--- A table of numbers, strings and booleans from which load_state goes on.
function Callback:state() return {} end
function Callback:load_state(_state) end

return Callback
