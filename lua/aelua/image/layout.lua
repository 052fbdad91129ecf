--- Many pictures as one: rows and columns with a border between.
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local pixels = require "aelua.image.pixels"

local ops = core.ops

local M = {}

---@class aelua.GridOptions
---@field columns? integer default: as many as rows
---@field padding? integer pixels between pictures and around them, default 2
---@field background? number 0 black to 1 white, default 0.5
---@field scale? integer side of the square that a pixel becomes; default: pictures smaller than 64 pixels are enlarged up to that

M.declared = {
  columns = { type = "integer", min = 1 },
  padding = { type = "integer", default = 2, min = 0, max = 1000 },
  background = { type = "number", default = 0.5, min = 0, max = 1 },
  scale = { type = "integer", min = 1, max = 100 },
}

local comfortable = 64

function M.options(who, given) return options.check(who, given, M.declared) end

-- Enlarged pictures, with the background's byte.
local function prepare(t, o)
  local shape = t.shape
  local scale = o.scale or math.max(1, comfortable // math.max(shape[2], shape[3]))
  return pixels.enlarge(t, scale), math.floor(o.background * 255 + 0.5)
end

-- t with background pictures behind until there are n.
local function fill(t, n, background)
  return n == #t and t or ops.pad(t, { 0, 0, 0, 0 }, { n - #t, 0, 0, 0 }, background)
end

-- u8 [rows * columns, H, W, C] to [rows * (H + p) + p, columns * (W + p) + p, C].
local function assemble(t, columns, p, background)
  local n, h, w, c = table.unpack(t.shape)
  local rows = n // columns
  t = ops.pad(t, { 0, 0, 0, 0 }, { 0, p, p, 0 }, background)
  t = ops.permute(ops.reshape(t, { rows, columns, h + p, w + p, c }), { 1, 3, 2, 4, 5 })
  t = ops.reshape(t, { rows * (h + p), columns * (w + p), c })
  return ops.pad(t, { p, p, 0 }, { 0, 0, 0 }, background)
end

--- u8 [H', W', C] of u8 [N, H, W, C].
---@param t userdata
---@param o aelua.GridOptions checked
---@return userdata
function M.grid(t, o)
  local n = #t
  local columns = math.min(n, o.columns or math.ceil(math.sqrt(n)))
  local enlarged, background = prepare(t, o)
  local rows = (n + columns - 1) // columns
  return assemble(fill(enlarged, rows * columns, background), columns, o.padding, background)
end

--- A row of each set, one below the other; a further block of rows where they have
--- more pictures than columns.
---@param who string
---@param sets userdata[] u8 [N, H, W, C], as many pictures in each
---@param o aelua.GridOptions checked
---@return userdata
function M.rows(who, sets, o)
  local n = #sets[1]
  for i, set in ipairs(sets) do
    errors.check(#set == n, "shape", "%s: the first has %d pictures, number %d has %d", who, n, i, #set)
  end
  sets = pixels.alike(who, sets)
  local columns = math.min(n, o.columns or 10)
  local blocks = (n + columns - 1) // columns
  local background
  for i, set in ipairs(sets) do
    local enlarged
    enlarged, background = prepare(set, o)
    local _, h, w, c = table.unpack(enlarged.shape)
    sets[i] = ops.reshape(fill(enlarged, blocks * columns, background), { blocks, columns, h, w, c })
  end
  local shape = sets[1].shape
  local all = ops.reshape(ops.stack(sets, 2), { blocks * #sets * columns, shape[3], shape[4], shape[5] })
  return assemble(all, columns, o.padding, background)
end

return M
