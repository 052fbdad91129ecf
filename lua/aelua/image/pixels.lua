--- Whatever holds pictures as one tensor [N, H, W, C], of bytes or of reals.
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local shapes = require "aelua.base.shapes"
local unit = require "aelua.base.unit"

local ops = core.ops

local M = {}

-- Reconstructions overshoot a little; past these, numbers are no brightness in 0..1.
local darkest, brightest = -1, 2

local function check_values(who, t)
  local least, most = unit.range(t)
  if not least then return end
  errors.check(most == most, "invalid", "%s: the picture has nan in it", who)
  local which, value = "greatest", most
  if least < darkest then which, value = "least", least end
  errors.check(least >= darkest and most <= brightest, "invalid",
    "%s: real pictures lie in 0..1, the %s value of this one is %.6g; did you mean u8, or to divide by 255?", who, which,
    value)
end

-- u8 0..255, rounded, what lies outside 0..1 cut off; or real 0..1.
local function convert(who, t, dtype)
  errors.check(t.dtype ~= "i32", "type", "%s: wants u8 or real pictures, got i32", who)
  if t.dtype == "u8" then return dtype == "u8" and t or ops.scaled(t) end
  check_values(who, t)
  if dtype ~= "u8" then return t end
  return (ops.clamp(t, 0, 1) * 255 + 0.5):floor():to("u8")
end

local function to_four(who, t)
  local shape, n = t.shape, t.ndim
  if n == 2 then return ops.reshape(t, { 1, shape[1], shape[2], 1 }) end
  if n == 3 and shape[3] <= 4 then return ops.reshape(t, { 1, shape[1], shape[2], shape[3] }) end
  if n == 3 then return ops.reshape(t, { shape[1], shape[2], shape[3], 1 }) end
  errors.check(n == 4 and shape[4] >= 1 and shape[4] <= 4, "shape",
    "%s: wants pictures [H, W], [H, W, C], [N, H, W] or [N, H, W, C] with 1 to 4 channels, got %s", who, shapes.text(shape))
  return t
end

--- [N, H, W, C] of a tensor, a data set or a list of them. A tensor [A, B, C] is
--- one picture where C <= 4, else A grey ones.
---@param who string
---@param value any
---@param dtype? "u8"|"f32" default u8
---@return userdata
function M.batch(who, value, dtype)
  dtype = dtype or "u8"
  if core.is_tensor(value) then
    local t = core.no_grad(function() return to_four(who, convert(who, value:detach(), dtype)) end)
    errors.check(shapes.count(t.shape) > 0, "shape", "%s: there is no picture in %s", who, shapes.text(value.shape))
    return t
  end
  errors.check(type(value) == "table", "type", "%s: wants a tensor, a data set or a list of them, got %s", who,
    value == nil and "nothing" or type(value))
  if value.batches then
    errors.check(#value > 0, "invalid", "%s: the data set is empty", who)
    return M.batch(who, value:tensor(), dtype)
  end
  errors.check(#value > 0, "invalid", "%s: the list of pictures is empty", who)
  local parts = {}
  for i, one in ipairs(value) do parts[i] = M.batch(who, one, dtype) end
  return M.join(who, parts)
end

--- Grey pictures with as many channels as others have.
---@param who string
---@param list userdata[] [N, H, W, C]
---@return userdata[]
function M.alike(who, list)
  local most, first = 1, list[1].shape
  for _, t in ipairs(list) do most = math.max(most, t.shape[4]) end
  local result = {}
  for i, t in ipairs(list) do
    local shape = t.shape
    errors.check(shape[2] == first[2] and shape[3] == first[3], "shape", "%s: pictures of %d x %d and %d x %d", who,
      first[3], first[2], shape[3], shape[2])
    if shape[4] == 1 and most == 3 then t = ops.concat({ t, t, t }, 4) end
    errors.check(t.shape[4] == most, "shape", "%s: pictures with %d and %d channels", who, shape[4], most)
    result[i] = t
  end
  return result
end

--- All in one batch.
function M.join(who, list) return #list == 1 and list[1] or ops.concat(M.alike(who, list), 1) end

--- Each pixel as a square of `scale` by `scale`.
---@param t userdata u8 [N, H, W, C]
---@param scale integer
---@return userdata
function M.enlarge(t, scale)
  if scale == 1 then return t end
  local n, h, w, c = table.unpack(t.shape)
  local wide = ops.expand(ops.reshape(t, { n, h, 1, w, 1, c }), { n, h, scale, w, scale, c })
  return ops.reshape(wide, { n, h * scale, w * scale, c })
end

return M
