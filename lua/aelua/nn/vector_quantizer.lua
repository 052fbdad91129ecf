--- Every vector to the nearest of k learned ones, its codes.
---   x [N, ..., D] -> y [N, ..., D], y[n, ..] = codebook[argmin_j |x[n, ..] - codebook[j]|^2]
---
---   encoder = nn.Sequential { nn.Conv2d(16, 3, { stride = 2, padding = "same" }), nn.VectorQuantizer(128, 16) }
---
--- Gradients pass straight through: that of y is taken for that of x. A penalty,
--- "commitment", pulls x to its code: commitment * mean((x - code)^2), the code
--- taken as a constant. fit adds and reports it.
---
--- The codebook follows the mean of the vectors that came to each code, with the
--- decay of a moving average (van den Oord, Vinyals, Kavukcuoglu, "Neural discrete
--- representation learning", NeurIPS 2017, appendix A.1). decay = false trains it
--- instead, by the penalty "codebook": mean((x - code)^2), x taken as a constant.
---
--- With a moving average, a code to which fewer than `revive` vectors a batch come
--- on average becomes one of the batch's own vectors (Dhariwal and others, "Jukebox",
--- 2020); so does every code in the first batch of training, which wants as many
--- vectors as there are codes.
---
--- Not here: what a model makes of the codes' numbers (a prior over them).
local core = require "aelua.core"
local Module = require "aelua.nn.module"
local errors = require "aelua.base.errors"
local initializers = require "aelua.nn.initializers"
local options = require "aelua.base.options"
local parameter = require "aelua.nn.parameter"
local shapes = require "aelua.base.shapes"

local ops = core.ops

---@class aelua.VectorQuantizer: aelua.Module
---@field codes integer how many
---@field units integer numbers in each
---@field codebook aelua.Tensor [codes, units]; a buffer with a moving average, else a parameter
---@field counts aelua.Tensor [codes] buffer: vectors that come to each code in a batch, on average
---@field sums aelua.Tensor [codes, units] buffer: and their sum
local VectorQuantizer = Module:extend("VectorQuantizer")

---@class aelua.VectorQuantizerOptions
---@field commitment? number default 0.25
---@field decay? number|false of the moving average, default 0.99; false: the codebook is trained
---@field revive? number vectors a batch, default 1; 0: codes are left to die

local declared = {
  commitment = { type = "number", default = 0.25, min = 0 },
  decay = { type = { "number", "boolean" }, default = 0.99, min = 0, max = 1 },
  revive = { type = "number", min = 0 },
}

local function whole(name, value)
  errors.check(type(value) == "number" and value % 1 == 0 and value >= 1, "invalid",
    "VectorQuantizer wants %s from 1 up, got %s", name, errors.shown(value))
  return math.tointeger(value)
end

---@param codes integer how many
---@param units integer numbers in each: the last dimension of what comes in
---@param given? aelua.VectorQuantizerOptions
function VectorQuantizer:init(codes, units, given, ...)
  options.no_more("VectorQuantizer", "codes, units and options", ...)
  self.codes, self.units = whole("a number of codes", codes), whole("a number of units", units)
  local o = options.check("VectorQuantizer", given, declared)
  errors.check(o.decay ~= true, "invalid", "VectorQuantizer: decay wants a number or false, got true")
  errors.check(o.decay or not o.revive, "invalid", "VectorQuantizer: revive wants a moving average (decay)")
  self.commitment, self.decay, self.revive = o.commitment, o.decay, o.decay and (o.revive or 1)
  -- As wide as one over the number of codes, so that none is far from the others.
  local book = parameter.new("VectorQuantizer", initializers.uniform(-1 / codes, 1 / codes), { self.codes, self.units },
    self.units, self.units)
  if not self.decay then
    self.codebook = book
    return
  end
  self:buffer("codebook", book:require_grad(false))
  -- None has come to any code yet, so that the first batch revives all; without that each counts as one vector.
  local count = self.revive > 0 and 0 or 1
  self:buffer("counts", core.keep(ops.full({ self.codes }, count)))
  self:buffer("sums", core.keep(self.codebook * count))
end

function VectorQuantizer:label() return ("%s %d x %d"):format(self.class_name, self.codes, self.units) end

function VectorQuantizer:build(shape)
  shape = shapes.check("VectorQuantizer:build", shape)
  errors.check(#shape >= 1 and shape[#shape] == self.units, "shape", "wants [N, ..., %d], got %s", self.units,
    shapes.batch_text(shape))
  self.input_shape = shape
  return shape
end

-- The numbers of the nearest codes of vectors [M, units]: [M] i32. |x|^2 is the same for all.
local function nearest(self, vectors)
  local across = ops.matmul(vectors, ops.transpose(self.codebook:detach()))
  return ops.argmin(ops.sum(ops.square(self.codebook:detach()), 2) - across * 2, 2)
end

-- Puts random ones of the batch's vectors where hardly any came: in the first batch everywhere.
local function revive(self, vectors)
  local dead, first = {}, true
  for code, count in ipairs(self.counts:totable()) do
    if count < self.revive then dead[#dead + 1] = code end
    first = first and count == 0
  end
  errors.check(not first or #vectors >= self.codes, "invalid",
    "VectorQuantizer: %d codes want as many vectors in the first batch to begin from, got %d: more samples, or fewer codes",
    self.codes, #vectors)
  if #dead == 0 then return end
  local places = ops.sample_shuffled(#vectors, ops.randint({ 1 }, 0, (1 << 30) - 1):totable()[1], 0)
  local share = math.max(#vectors / self.codes, self.revive)
  for i, code in ipairs(dead) do
    local place = (i - 1) % #vectors + 1
    local vector = ops.index(vectors, places[{ { place, place } }])
    self.codebook[code], self.sums[code] = vector[1], vector[1] * share
    self.counts[code] = share
  end
end

-- All is worked out before anything is changed: memory may run out.
local function follow(self, vectors, members, counts)
  local old, new = self.decay, 1 - self.decay
  counts = self.counts * old + counts * new
  local sums = self.sums * old + ops.matmul(ops.transpose(members), vectors) * new
  local codebook = sums / ops.unsqueeze(ops.maximum(counts, 1e-12), 2)
  self.counts:copy_(counts)
  self.sums:copy_(sums)
  self.codebook:copy_(codebook)
end

-- x as vectors [M, units], and its shape.
local function as_vectors(self, who, x)
  local shape = core.is_tensor(x) and x.shape
  errors.check(shape and #shape >= 2 and shape[#shape] == self.units, "shape", "%s wants [N, ..., %d], got %s", who,
    self.units, shape and shapes.text(shape) or type(x))
  return ops.reshape(x, { shapes.count(shape) // self.units, self.units }), shape
end

---@param x aelua.Tensor [N, ..., units]
---@return aelua.Tensor [N, ..., units]
function VectorQuantizer:forward(x)
  if not self.input_shape then self:build(shapes.of_sample(x)) end
  local flat, shape = as_vectors(self, "VectorQuantizer", x)
  local vectors = flat:detach()
  local moves = self.training and self.decay and #vectors > 0
  if moves and self.revive > 0 then core.no_grad(revive, self, vectors) end
  local numbers = core.no_grad(nearest, self, vectors)
  local members = core.no_grad(ops.one_hot, numbers, self.codes, { dtype = core.real })
  local counts = core.no_grad(ops.sum, members, 1)
  self._last_counts = core.keep(counts)
  -- A copy: the codebook moves below, and backward wants what was.
  local chosen = ops.index(self.codebook, numbers)
  if moves then core.no_grad(follow, self, vectors, members, counts) end
  self._last = { x = x, codes = ops.reshape(chosen, shape) }
  -- In evaluation the code itself, to the last bit.
  return ops.reshape(self.training and flat + (chosen - flat):detach() or chosen:detach(), shape)
end

-- The squared distances of the last forward, once, by what they pull.
local function distances(self, reduction)
  local last = self._last
  self._last = false
  if not last then return {} end
  local by_name = { commitment = ops.mse(last.x, last.codes:detach(), nil, nil, reduction) }
  if not self.decay then by_name.codebook = ops.mse(last.codes, last.x:detach(), nil, nil, reduction) end
  return by_name
end

--- The squared distances of the last forward, summed over each sample: `commitment`,
--- whose gradient is of x, and with decay = false `codebook`, whose gradient is of the
--- codebook. Whoever takes them weighs them: the penalties are gone then.
---@return table<string, aelua.Tensor> [N]
function VectorQuantizer:distances() return distances(self, "per_sample") end

--- Those of the last forward, once; see Module:penalties.
function VectorQuantizer:penalties(into)
  into = into or {}
  for name, value in pairs(distances(self, "mean")) do
    Module.add_penalty(into, name, name == "commitment" and value * self.commitment or value)
  end
  return into
end

--- How many vectors of the last batch came to each code.
---@return aelua.Tensor [codes]
function VectorQuantizer:last_counts()
  return errors.check(self._last_counts, "state", "VectorQuantizer: nothing has come through yet")
end

--- How many codes the last batch used, as the exponential of its entropy: k where
--- all come equally often, 1 where one does.
---@return number
function VectorQuantizer:perplexity()
  local counts = self:last_counts()
  return core.scope(function()
    local p = counts / ops.sum(counts)
    return math.exp(-ops.sum(p * ops.log(ops.maximum(p, 1e-30))):item())
  end)
end

--- The numbers of the nearest codes.
---@param x aelua.Tensor [N, ..., units]
---@return aelua.Tensor [N, ...] i32, from 1
function VectorQuantizer:encode(x)
  local vectors, shape = as_vectors(self, "VectorQuantizer:encode", x)
  local numbers = core.no_grad(nearest, self, vectors:detach())
  return ops.reshape(numbers, table.move(shape, 1, #shape - 1, 1, {}))
end

--- The codes of the given numbers.
---@param numbers aelua.Tensor [N, ...] i32, from 1
---@return aelua.Tensor [N, ..., units]
function VectorQuantizer:decode(numbers) return ops.index(self.codebook, numbers) end

function VectorQuantizer:config()
  return { codes = self.codes, units = self.units, commitment = self.commitment, decay = self.decay, revive = self.revive }
end

function VectorQuantizer.from_config(config)
  return VectorQuantizer(config.codes, config.units, {
    commitment = config.commitment, decay = config.decay, revive = config.revive or nil,
  })
end

return VectorQuantizer
