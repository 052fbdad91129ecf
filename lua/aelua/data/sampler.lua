--- What random samplers share. A sampler says in which order an epoch takes
--- samples; one of your own has the same methods and goes into the option
--- `sampler` of `batches`:
---   draw(n)    -> [m] i32: the next epoch's places in 1..n
---   count(n)   -> m, where it is not n
---   state(), load_state(state): what a resumed run needs to draw the same orders
--- Of the samplers here an epoch's order depends on the seed and on how many were
--- drawn before, alone.
local class = require "aelua.base.class"
local core = require "aelua.core"
local errors = require "aelua.base.errors"

---@class aelua.Sampler: aelua.Class
---@field seed integer
---@field epoch integer how many orders were drawn
local Sampler = class("Sampler")

--- A seed of 52 bits from the stream that ae.seed sets.
---@return integer
function Sampler.draw_seed()
  local parts = core.ops.randint({ 2 }, 0, (1 << 26) - 1):totable()
  return parts[1] << 26 | parts[2]
end

---@param seed? integer default: from the stream that ae.seed sets
function Sampler:init(seed)
  errors.check(seed == nil or math.type(seed) == "integer", "invalid", "%s: seed wants an integer, got %s",
    self.class_name, errors.shown(seed))
  self.seed, self.epoch = seed or Sampler.draw_seed(), 0
end

--- Seed and epoch of the next order, and moves on to the one after.
function Sampler:advance()
  self.epoch = self.epoch + 1
  return self.seed, self.epoch - 1
end

--- What load_state takes.
---@return { seed: integer, epoch: integer }
function Sampler:state() return { seed = self.seed, epoch = self.epoch } end

--- Goes on where `state` was taken.
---@param state { seed: integer, epoch: integer }
function Sampler:load_state(state)
  errors.check(type(state) == "table" and math.type(state.seed) == "integer" and math.type(state.epoch) == "integer",
    "state", "%s:load_state wants what state() gave", self.class_name)
  self.seed, self.epoch = state.seed, state.epoch
end

return Sampler
