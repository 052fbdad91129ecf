--- Grey of colour and colour of grey, [.., C] with 1 to 4 channels; alpha is dropped.
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local shapes = require "aelua.base.shapes"

local ops = core.ops

local M = {}

-- t without alpha, its last dimension, and how many channels remain, 1 or 3.
local function opaque(who, t)
  errors.check(core.is_tensor(t), "type", "%s: wants a tensor, got %s", who, type(t))
  errors.check(t.dtype ~= "i32", "type", "%s: wants u8 or real pictures, got i32", who)
  local shape = t.shape
  local channels = shape[#shape]
  errors.check((#shape == 3 or #shape == 4) and channels >= 1 and channels <= 4, "shape",
    "%s: wants pictures [H, W, C] or [N, H, W, C] with 1 to 4 channels, got %s", who, shapes.text(shape))
  if channels % 2 == 1 then return t, #shape, channels end
  return ops.narrow(t, #shape, 1, channels - 1), #shape, channels - 1
end

local function weigh(t, dim, r, g, b)
  local function channel(i) return ops.narrow(t, dim, i, 1) end
  return channel(1) * r + channel(2) * g + channel(3) * b
end

function M.grey(who, t)
  local colour, dim, channels = opaque(who, t)
  if channels == 1 then return colour end
  if t.dtype ~= "u8" then return weigh(colour, dim, 0.299, 0.587, 0.114) end
  -- The integers of src/io/picture.c: a picture loaded as grey has the same bytes.
  return ((weigh(colour:to(core.real), dim, 19595, 38470, 7471) + 32768) / 65536):floor():to("u8")
end

function M.rgb(who, t)
  local colour, dim, channels = opaque(who, t)
  return channels == 3 and colour or ops.concat({ colour, colour, colour }, dim)
end

function M.luma(who, t)
  local colour, dim, channels = opaque(who, t)
  if colour.dtype == "u8" then colour = ops.scaled(colour) end
  if channels == 1 then return (colour * 219 + 16) / 255 end
  return (weigh(colour, dim, 65.481, 128.553, 24.966) + 16) / 255
end

return M
