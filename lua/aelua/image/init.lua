--- `ae.image`: pictures in files, side by side, and in the terminal. Pictures are
--- tensors [H, W], [H, W, C], [N, H, W] or [N, H, W, C], u8 or real in 0..1 (what
--- lies outside is cut off; a value above 2 is an error), grey (C = 1), RGB (3) or either with alpha (2, 4);
--- data sets of them; or lists of these.
local colour = require "aelua.image.colour"
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local layout = require "aelua.image.layout"
local names = require "aelua.base.names"
local options = require "aelua.base.options"
local patches = require "aelua.image.patches"
local pixels = require "aelua.image.pixels"

local ops = core.ops

local M = {}

-- One picture u8 [H, W, C]; several, or one with options, as a grid.
local function single(who, value, given)
  local t = pixels.batch(who, value)
  if #t == 1 and not given then return ops.reshape(t, { t.shape[2], t.shape[3], t.shape[4] }) end
  return layout.grid(t, layout.options(who, given))
end

---@class aelua.EncodeOptions: aelua.GridOptions
---@field quality? integer of a JPEG, 1 to 100, default 90; above 90 colour keeps its full resolution
---@field depth? integer bits of a sample, 8 (default) or 16, which is for one picture as PNG

local encoding = { quality = { type = "integer", min = 1, max = 100 }, depth = { type = "integer" } }
for name, option in pairs(layout.declared) do encoding[name] = option end

-- What is written of pictures and options: the picture, "png" or "jpeg", and the quality.
local function prepare(who, picture, kind, given)
  local o = options.check(who, given, encoding)
  errors.check(not o.quality or kind == "jpeg", "invalid", "%s: quality is for JPEG", who)
  errors.check(o.depth == nil or o.depth == 8 or o.depth == 16, "invalid", "%s: depth wants 8 or 16, got %s", who, o.depth)
  local grid
  for name in pairs(layout.declared) do
    if given and given[name] ~= nil then
      grid = grid or {}
      grid[name] = given[name]
    end
  end
  if o.depth ~= 16 then return single(who, picture, grid), kind, o.quality end
  errors.check(kind == "png", "unsupported", "%s: a JPEG has 8 bits a sample; depth 16 is for PNG", who)
  local t = pixels.batch(who, picture, core.real)
  errors.check(#t == 1 and not grid, "invalid", "%s: depth 16 is for one picture, without options of grids; got %d", who, #t)
  return ops.reshape(t, { t.shape[2], t.shape[3], t.shape[4] }), kind
end

local endings = { png = "png", jpg = "jpeg", jpeg = "jpeg" }

--- Writes a PNG or JPEG file, whole or not at all; several pictures as a grid. A JPEG
--- is always read back as RGB, grey ones with equal channels, and has no alpha.
---   image.save("deep.png", t, { depth = 16 })
---@param path string ends in .png, .jpg or .jpeg
---@param picture any
---@param given? aelua.EncodeOptions
function M.save(path, picture, given)
  errors.check(type(path) == "string", "type", "image.save: path wants a string, got %s", type(path))
  local kind = endings[(path:match("%.([^./]+)$") or ""):lower()]
  errors.check(kind, "unsupported", "image.save: writes PNG and JPEG, '%s' does not end in .png, .jpg or .jpeg", path)
  core.write_image(path, prepare("image.save", picture, kind, given))
end

--- The bytes that `save` would write.
---@param picture any
---@param kind "png"|"jpeg"
---@param given? aelua.EncodeOptions
---@return string
function M.encode(picture, kind, given)
  local name = endings[kind]
  errors.check(name, "invalid", "image.encode: wants 'png' or 'jpeg', got %s", errors.shown(kind))
  return core.encode_image(prepare("image.encode", picture, name, given))
end

---@class aelua.DecodeOptions
---@field channels? integer 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA; default: as in the file
---@field dtype? "u8"|"f32" default: f32, 0..1, where the file has 16 bits, else u8

local decoding = {
  channels = { type = "integer", min = 1, max = 4 }, dtype = { type = "string", choices = { "u8", "f32", "f64" } },
}

--- The picture in a PNG or JPEG file, of up to 32768 pixels a side and 268435456 in all.
--- Colour becomes grey as 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601); alpha that is
--- not wanted is dropped, not blended. A photograph is not turned as its EXIF says.
--- Errors: format, of what is no such picture or damaged; unsupported, past these
--- sizes, before anything is decoded.
---@param path string
---@param given? aelua.DecodeOptions
---@return userdata [H, W, C]
function M.load(path, given)
  local o = options.check("image.load", given, decoding)
  return core.read_image(path, o.channels, o.dtype)
end

--- The picture in the bytes of a PNG or JPEG file; else as `load`.
---@param bytes string
---@param given? aelua.DecodeOptions
---@return userdata [H, W, C]
function M.decode(bytes, given)
  local o = options.check("image.decode", given, decoding)
  return core.decode_image(bytes, o.channels, o.dtype)
end

---@class aelua.ResizeOptions
---@field method? "nearest"|"bilinear"|"bicubic"|"area" default "bilinear"
---@field antialias? boolean widen the filter where a side shrinks, default true

--- Pictures in another size: u8 stays u8, real numbers carry gradients; `ae.resize` is
--- the operation, and says how its methods compare to Pillow's and other libraries'.
---   image.resize(photograph, { 64, 96 }, { method = "bicubic" })
---@param t userdata [H, W], [H, W, C] or [N, H, W, C]
---@param size integer|integer[] {height, width}, or one number for both
---@param given? aelua.ResizeOptions
---@return userdata
function M.resize(t, size, given)
  local who = "image.resize"
  local o = options.check(who, given, { method = { type = "string" }, antialias = { type = "boolean" } })
  errors.check(core.is_tensor(t), "type", "%s: wants a tensor, got %s", who, type(t))
  errors.check(size ~= nil, "invalid", "%s: wants a size, {height, width}", who)
  local flat = t.ndim == 2
  if flat then t = ops.reshape(t, { t.shape[1], t.shape[2], 1 }) end
  local y = ops.resize(t, { size = size, method = o.method, antialias = o.antialias })
  return flat and ops.reshape(y, { y.shape[1], y.shape[2] }) or y
end

---@class aelua.PatchOptions
---@field size integer|integer[] of a patch: a number or {height, width}
---@field stride? integer|integer[] from one patch to the next, default: the size
---@field cover? boolean where the grid leaves pixels over on the right or below, patches that end with the picture, default false

--- Patches in a grid, picture by picture, row by row.
---   local parts = image.patches(photograph, { size = 32, stride = 16, cover = true })
---@param pictures userdata|userdata[] [H, W, C] or [N, H, W, C], or a list of them, of one type and number of channels
---@param given aelua.PatchOptions
---@return userdata [M, h, w, C] of the pictures' type
function M.patches(pictures, given) return patches.grid("image.patches", pictures, given) end

---@class aelua.UnpatchOptions
---@field shape integer[] of the picture: {H, W} or {H, W, C}; {N, H, W, C} for several
---@field stride? integer|integer[] as `patches` had it
---@field cover? boolean as `patches` had it

--- The pictures that `patches` took apart: where patches overlap, their mean; where
--- there are none, 0.
---   local clean = image.unpatch(model:reconstruct(parts), { shape = photograph.shape, stride = 16, cover = true })
---@param parts userdata [M, h, w, C] in the order of `patches`
---@param given aelua.UnpatchOptions
---@return userdata [H, W, C], or [N, H, W, C] where shape has four numbers
function M.unpatch(parts, given) return patches.join("image.unpatch", parts, given) end

---@class aelua.RandomPatchOptions
---@field size integer|integer[] of a patch: a number or {height, width}
---@field count integer how many
---@field seed? integer default: from the stream that ae.seed sets

--- Patches at random places, each place in each picture as likely as any other.
---   local train = data.tensors(image.random_patches(photographs, { size = 32, count = 20000, seed = 1 }))
---@param pictures userdata|userdata[] as in `patches`; sizes may differ
---@param given aelua.RandomPatchOptions
---@return userdata [count, h, w, C] of the pictures' type
function M.random_patches(pictures, given) return patches.random("image.random_patches", pictures, given) end

--- Grey: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601); u8 stays u8, rounded as `load`
--- does it. Alpha is dropped.
---@param t userdata [H, W, C] or [N, H, W, C], 1 to 4 channels
---@return userdata one channel
function M.grey(t, ...)
  options.no_more("image.grey", "a tensor", ...)
  return colour.grey("image.grey", t)
end

--- RGB: grey three times. Alpha is dropped.
---@param t userdata [H, W, C] or [N, H, W, C], 1 to 4 channels
---@return userdata three channels
function M.rgb(t, ...)
  options.no_more("image.rgb", "a tensor", ...)
  return colour.rgb("image.rgb", t)
end

--- Luma Y of YCbCr with headroom, (16 + 65.481 R + 128.553 G + 24.966 B) / 255 for R,
--- G, B in 0..1 (ITU-R BT.601; MATLAB's rgb2ycbcr), in which papers on
--- super-resolution give PSNR. Black is 16/255, white 235/255.
---@param t userdata [H, W, C] or [N, H, W, C], 1 to 4 channels; u8 counts as k/255
---@return userdata real, one channel
function M.luma(t, ...)
  options.no_more("image.luma", "a tensor", ...)
  return colour.luma("image.luma", t)
end

--- Pictures in rows and columns.
---@param pictures any
---@param given? aelua.GridOptions
---@return userdata u8 [H, W, C]
function M.grid(pictures, given)
  return layout.grid(pixels.batch("image.grid", pictures), layout.options("image.grid", given))
end

--- Rows of pictures that belong together, such as inputs above outputs:
---   image.pairs(few, model:reconstruct(few))
---   image.pairs(noisy, cleaned, original, { columns = 8 })
---@param ... any two or more, with as many pictures each; then aelua.GridOptions (columns: default 10)
---@return userdata u8 [H, W, C]
function M.pairs(...)
  local who = "image.pairs"
  local sets = table.pack(...)
  local last = sets[sets.n]
  local given
  if type(last) == "table" and getmetatable(last) == nil and #last == 0 then
    given = last
    sets.n = sets.n - 1
  end
  errors.check(sets.n >= 2, "invalid", "%s: wants two sets of pictures or more, got %d", who, sets.n)
  local batches = {}
  for i = 1, sets.n do batches[i] = pixels.batch(who, sets[i]) end
  return layout.rows(who, batches, layout.options(who, given))
end

---@class aelua.ShowOptions
---@field width? integer the most characters in a line; default: the terminal's width
---@field colour? boolean 24-bit colour; default: whether standard output is a terminal

--- Draws in the terminal, also over ssh: two pixels a character. Wider pictures are shrunk.
---@param picture any
---@param given? aelua.ShowOptions
function M.show(picture, given)
  local o = options.check("image.show", given, {
    width = { type = "integer", min = 1, max = 10000 }, colour = { type = "boolean" },
  })
  local terminal = core.terminal()
  local coloured = o.colour
  if coloured == nil then coloured = terminal.tty end
  local t = pixels.batch("image.show", picture)
  local picture_or_grid = single("image.show", t, #t > 1 and { scale = 1, padding = 1 } or nil)
  io.stdout:write(require("aelua.image.terminal").draw(picture_or_grid, o.width or terminal.columns, coloured))
end

return names.strict(M, "image")
