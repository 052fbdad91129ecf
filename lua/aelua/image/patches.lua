--- Patches: rectangles out of pictures, in a grid or at random places, and pictures
--- of them again.
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local numbers = require "aelua.base.numbers"
local options = require "aelua.base.options"
local seeded = require "aelua.base.seeded"
local shapes = require "aelua.base.shapes"

local ops = core.ops

local M = {}

-- Height and width of an option that is a number or a pair.
local function two(who, name, value) return table.unpack(numbers.of_sides(who, name, value, 2, 1)) end

-- [N, H, W, C] pictures, a list of tensors: those of one tensor, or of each in a list.
local function pictures_of(who, value)
  local list = core.is_tensor(value) and { value } or value
  errors.check(type(list) == "table" and #list > 0, "type", "%s: wants a tensor or a list of them, got %s", who,
    type(list) == "table" and "no picture" or type(list))
  local result = {}
  for i, t in ipairs(list) do
    errors.check(core.is_tensor(t), "type", "%s: wants a tensor or a list of them, got %s in it", who, type(t))
    local shape = t.shape
    errors.check(#shape == 3 or #shape == 4, "shape", "%s: wants pictures [H, W, C] or [N, H, W, C], got %s", who,
      shapes.text(shape))
    result[i] = #shape == 4 and t or ops.reshape(t, { 1, shape[1], shape[2], shape[3] })
    local first, own = result[1], result[i]
    errors.check(own.shape[4] == first.shape[4] and own.dtype == first.dtype, "shape",
      "%s: pictures of %d channels of %s, and of %d of %s", who, first.shape[4], first.dtype, own.shape[4], own.dtype)
  end
  return result
end

local function check_fits(who, h, w, height, width)
  errors.check(h <= height and w <= width, "shape", "%s: patches of %d x %d, but a picture is %d x %d", who, h, w, height,
    width)
end

-- ---- In a grid ----

-- Where windows begin along a side: every `stride`, and where that leaves pixels over one that ends with the side.
local function starts(side, size, stride, cover)
  local list = {}
  for at = 1, side - size + 1, stride do list[#list + 1] = at end
  if cover and list[#list] + size - 1 < side then list[#list + 1] = side - size + 1 end
  return core.tensor(list, { dtype = "i32" })
end

-- Places [M, 4] of ops.windows: picture by picture, row by row; h and w are the patches'.
local function grid(who, n, height, width, h, w, o)
  local down, across = h, w
  if o.stride then down, across = two(who, "stride", o.stride) end
  check_fits(who, h, w, height, width)
  local rows, columns = starts(height, h, down, o.cover), starts(width, w, across, o.cover)
  local all = { n, #rows, #columns, 1 }
  local samples = ops.reshape(ops.arange(1, n + 1, { dtype = "i32" }), { n, 1, 1, 1 })
  return ops.reshape(ops.concat({
    ops.expand(samples, all), ops.expand(ops.reshape(rows, { 1, #rows, 1, 1 }), all),
    ops.expand(ops.reshape(columns, { 1, 1, #columns, 1 }), all), ops.zeros(all, { dtype = "i32" }),
  }, 4), { -1, 4 })
end

function M.grid(who, value, given)
  local o = options.check(who, given, {
    size = { type = { "integer", "table" }, required = true }, stride = { type = { "integer", "table" } },
    cover = { type = "boolean", default = false },
  })
  local h, w = two(who, "size", o.size)
  local parts = {}
  for i, t in ipairs(pictures_of(who, value)) do
    parts[i] = ops.windows(t, grid(who, #t, t.shape[2], t.shape[3], h, w, o), { size = { h, w } })
  end
  return #parts == 1 and parts[1] or ops.concat(parts)
end

-- Number, height and width of the pictures of a shape.
local function pictures_in(who, shape)
  local n = #shape == 4 and table.remove(shape, 1) or 1
  local fits = (#shape == 2 or #shape == 3) and math.type(n) == "integer" and n >= 1
  errors.check(fits, "invalid", "%s: shape wants {height, width}, {H, W, C} or {N, H, W, C}", who)
  return n, two(who, "shape", { shape[1], shape[2] })
end

function M.join(who, patches, given)
  local o = options.check(who, given, {
    shape = { type = "table", required = true }, stride = { type = { "integer", "table" } },
    cover = { type = "boolean", default = false },
  })
  errors.check(core.is_tensor(patches) and patches.ndim == 4, "shape", "%s: wants patches [M, h, w, C], got %s", who,
    core.is_tensor(patches) and shapes.text(patches.shape) or type(patches))
  local n, height, width = pictures_in(who, table.move(o.shape, 1, #o.shape, 1, {}))
  local count, h, w, channels = table.unpack(patches.shape)
  local places = grid(who, n, height, width, h, w, o)
  errors.check(#places == count, "shape", "%s: %d patches, but %s has %d of %d x %d", who, count, shapes.text(o.shape),
    #places, h, w)
  errors.check(#o.shape < 3 or o.shape[#o.shape] == channels, "shape", "%s: patches of %d channels for %s", who, channels,
    shapes.text(o.shape))
  local attrs = { size = { height, width }, count = n }
  local times = ops.maximum(ops.overlap_add(ops.ones { count, h, w, 1 }, places, attrs), 1)
  local bytes = patches.dtype == "u8"
  local y = ops.overlap_add(bytes and patches:to(core.real) or patches, places, attrs) / times
  if bytes then y = (y + 0.5):floor():to("u8") end
  return #o.shape == 4 and y or ops.reshape(y, { height, width, channels })
end

-- ---- At random ----

-- `count` whole numbers 0..n-1.
local function draw(count, n)
  local high, low = ops.randint({ count }, 0, (1 << 26) - 1):totable(), ops.randint({ count }, 0, (1 << 26) - 1):totable()
  for i = 1, count do high[i] = (high[i] << 26 | low[i]) % n end
  return high
end

function M.random(who, value, given)
  local o = options.check(who, given, {
    size = { type = { "integer", "table" }, required = true },
    count = { type = "integer", min = 1, max = 1e8, required = true }, seed = { type = "integer" },
  })
  local h, w = two(who, "size", o.size)
  local list, total = pictures_of(who, value), 0
  local ends, lists, orders = {}, {}, {}
  for i, t in ipairs(list) do
    check_fits(who, h, w, t.shape[2], t.shape[3])
    total = total + #t * (t.shape[2] - h + 1) * (t.shape[3] - w + 1)
    ends[i], lists[i], orders[i] = total, {}, {}
  end
  errors.check(total > 0, "shape", "%s: there is no picture", who)
  local count = math.tointeger(o.count)
  local numbers_drawn = o.seed and seeded(o.seed, draw, count, total) or draw(count, total)
  for k, number in ipairs(numbers_drawn) do
    local i = 1
    while number >= ends[i] do i = i + 1 end
    local inside = number - (ends[i - 1] or 0)
    local rows, columns = list[i].shape[2] - h + 1, list[i].shape[3] - w + 1
    local sample, row = inside // (rows * columns), inside // columns % rows
    table.insert(lists[i], { sample + 1, row + 1, inside % columns + 1, 0 })
    table.insert(orders[i], k)
  end
  local parts, drawn = {}, {}
  for i, places in ipairs(lists) do
    if #places > 0 then
      parts[#parts + 1] = ops.windows(list[i], core.tensor(places, { dtype = "i32" }), { size = { h, w } })
      table.move(orders[i], 1, #orders[i], #drawn + 1, drawn)
    end
  end
  if #parts == 1 then return parts[1] end
  local places = {}
  for place, k in ipairs(drawn) do places[k] = place end
  return ops.index(ops.concat(parts), core.tensor(places, { dtype = "i32" }))
end

return M
