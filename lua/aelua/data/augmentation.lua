--- Pictures changed at random, batch by batch, while a model trains: cut out, shifted,
--- turned over, made brighter or darker, with more or less contrast. Every sample is
--- drawn anew each time, from the stream that ae.seed sets: the same seed gives the
--- same pictures whatever the number of threads, and a resumed run those of one that
--- never stopped.
---
--- For evaluation nothing is random, as in Keras: a crop is the middle of the picture
--- (the pixel left over on the right and below), all else leaves it alone.
---   train:augment { flip = "horizontal", shift = 2 }             -- a data set
---   local change = data.Augmentation { flip = "horizontal" }     -- in a loop of one's own
---   local x = change(batch.input)                                -- [n, H, W, C]
local class = require "aelua.base.class"
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local numbers = require "aelua.base.numbers"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"

local ops = core.ops

---@class aelua.AugmentOptions
---@field crop? integer|integer[] {height, width} of a part at a random place
---@field shift? integer|integer[] up to so many pixels {down or up, left or right}; with crop the picture has so many
---  more on every side (pad and crop)
---@field fill? "reflect"|"edge"|"constant" what lies outside a shifted picture, default "reflect"; "constant" is 0
---@field flip? "horizontal"|"vertical"|"both" each with probability 1/2: left and right, top and bottom
---@field brightness? number b: adds a number of -b..b to a picture
---@field contrast? number c, at most 1: moves each channel's numbers from their mean by a factor of 1-c..1+c
---@field range? number[] {low, high} to which brightness and contrast keep the numbers, default {0, 1}
---@field target? boolean whether targets have the same crop, shift and flip; default: where they are pictures as large, or
---  larger by a whole factor (super-resolution)

---@class aelua.Augmentation: aelua.Class
---@operator call(userdata): userdata
local Augmentation = class("Augmentation")

local who = "Dataset:augment"

local declared = {
  crop = { type = { "integer", "table" } }, shift = { type = { "integer", "table" } },
  fill = { type = "string", choices = { "reflect", "edge", "constant" }, default = "reflect" },
  flip = { type = "string", choices = { "horizontal", "vertical", "both" } },
  brightness = { type = "number", min = 0, max = 1e6 }, contrast = { type = "number", min = 0, max = 1 },
  range = { type = "table", default = { 0, 1 } }, target = { type = "boolean" },
}

local function two(name, value, least) return value and numbers.of_sides(who, name, value, 2, least) end

---@param given aelua.AugmentOptions
function Augmentation:init(given)
  local o = options.check(who, given, declared)
  self.crop, self.shift = two("crop", o.crop, 1), two("shift", o.shift, 0)
  self.fill, self.flip, self.on_target = o.fill, o.flip, o.target
  self.brightness, self.contrast = o.brightness, o.contrast
  self.low, self.high = o.range[1], o.range[2]
  errors.check(type(self.low) == "number" and type(self.high) == "number" and #o.range == 2 and self.low < self.high,
    "invalid", "%s: range wants {low, high}", who)
  errors.check(self.crop or self.shift or self.flip or self.brightness or self.contrast, "invalid",
    "%s: wants one of crop, shift, flip, brightness and contrast", who)
end

-- ---- Where ----

-- How many times as large as the input's the target's pictures are; nil: it is left alone.
local function target_factor(self, x, target)
  if self.on_target == false or target == nil then return nil end
  local _, height, width = table.unpack(x.shape)
  local factor
  if core.is_tensor(target) and target.ndim == 4 and height * width > 0 then
    local rows, columns = target.shape[2], target.shape[3]
    if rows % height == 0 and columns % width == 0 and rows // height == columns // width then factor = rows // height end
  end
  if factor and factor > 0 then return factor end
  errors.check(not self.on_target, "shape", "%s: target wants pictures as large as the input's %s, or larger by a whole "
    .. "factor", who, shapes.text(x.shape))
  return nil
end

-- Places [n, 4] of ops.windows, for windows h by w.
local function draw_places(self, x, h, w)
  local n, height, width = table.unpack(x.shape)
  local down, across = 0, 0
  if self.shift then down, across = self.shift[1], self.shift[2] end
  local function draw(low, high) return ops.randint({ n, 1 }, low, high) end
  local rows, columns = draw(1 - down, height - h + 1 + down), draw(1 - across, width - w + 1 + across)
  local flips = ops.zeros({ n, 1 }, { dtype = "i32" })
  if self.flip == "horizontal" then flips = draw(0, 1) end
  if self.flip == "vertical" then flips = draw(0, 1) * 2 end
  if self.flip == "both" then flips = draw(0, 3) end
  return ops.concat({ ops.reshape(ops.arange(1, n + 1, { dtype = "i32" }), { n, 1 }), rows, columns, flips }, 2)
end

-- The same places in pictures `factor` times as large.
local function enlarge(places, factor)
  if factor == 1 then return places end
  local function column(i) return ops.narrow(places, 2, i, 1) end
  local function first(i) return (column(i) - 1) * factor + 1 end
  return ops.concat({ column(1), first(2), first(3), column(4) }, 2)
end

local function middle(x, h, w)
  local _, height, width = table.unpack(x.shape)
  return ops.narrow(ops.narrow(x, 2, (height - h) // 2 + 1, h), 3, (width - w) // 2 + 1, w)
end

-- The middle of a target starts where the input's does, times the factor.
local function middle_of_target(target, x, h, w, factor)
  local _, height, width = table.unpack(x.shape)
  local rows = ops.narrow(target, 2, (height - h) // 2 * factor + 1, h * factor)
  return ops.narrow(rows, 3, (width - w) // 2 * factor + 1, w * factor)
end

local function move(self, x, batch, training)
  local _, height, width = table.unpack(x.shape)
  local h, w = height, width
  if self.crop then h, w = self.crop[1], self.crop[2] end
  errors.check(h <= height and w <= width, "shape", "%s: crop wants %d x %d of pictures %d x %d", who, h, w, height, width)
  local factor = target_factor(self, x, batch.target)
  if not training then
    if not self.crop then return x end
    if factor then batch.target = middle_of_target(batch.target, x, h, w, factor) end
    return middle(x, h, w)
  end
  local places = draw_places(self, x, h, w)
  if factor then
    batch.target = ops.windows(batch.target, enlarge(places, factor), { size = { h * factor, w * factor }, mode = self.fill })
  end
  return ops.windows(x, places, { size = { h, w }, mode = self.fill })
end

-- ---- How bright ----

local function light(self, x)
  local function draw(around, most) return ops.rand({ #x, 1, 1, 1 }, { low = around - most, high = around + most }) end
  if self.brightness then x = x + draw(0, self.brightness) end
  if self.contrast then
    local mean = ops.mean(x, { 2, 3 }, { keepdim = true })
    x = mean + (x - mean) * draw(1, self.contrast)
  end
  return ops.clamp(x, self.low, self.high)
end

--- The changed pictures of a batch, and its target's in its place.
---@param x userdata [n, H, W, C]
---@param batch table
---@param training boolean
---@return userdata [n, H', W', C]
function Augmentation:apply(x, batch, training)
  errors.check(core.is_tensor(x) and x.ndim == 4, "shape", "%s: wants samples that are pictures [H, W, C], got %s", who,
    core.is_tensor(x) and shapes.text(shapes.of_sample(x)) or "named ones")
  if self.crop or self.shift or self.flip then x = move(self, x, batch, training) end
  if not training or not (self.brightness or self.contrast) then return x end
  errors.check(x.dtype == core.real, "type", "%s: brightness and contrast want real pictures, got %s", who, x.dtype)
  return light(self, x)
end

--- Changed pictures, as for training.
---@param x userdata [n, H, W, C]
---@return userdata [n, H', W', C]
function Augmentation:__call(x) return core.no_grad(self.apply, self, x, {}, true) end

return Augmentation
