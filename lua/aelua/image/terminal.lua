--- A picture as text: in colour, a half block for two pixels, one above the other;
--- without, one of five shades for the two.
local core = require "aelua.core"

local ops = core.ops

local M = {}

local upper, reset = "▀", "\27[0m"
local shades = { " ", "░", "▒", "▓", "█" }

-- Mean over squares so that the picture is at most `columns` wide; u8 [H, W, C].
local function shrink(t, columns)
  local h, w, c = table.unpack(t.shape)
  local s = (w + columns - 1) // columns
  if s == 1 then return t end
  local rows, cols = (h + s - 1) // s, (w + s - 1) // s
  t = ops.pad(t, { 0, 0, 0 }, { rows * s - h, cols * s - w, 0 })
  t = ops.mean(ops.reshape(t, { rows, s, cols, s, c }):to(core.real), { 2, 4 })
  return (t + 0.5):floor():to("u8")
end

-- Red, green and blue of a pixel; alpha lies over black.
local function colour(pixel)
  local channels = #pixel
  local alpha = channels % 2 == 0 and pixel[channels] or 255
  local r = pixel[1] * alpha // 255
  if channels <= 2 then return r, r, r end
  return r, pixel[2] * alpha // 255, pixel[3] * alpha // 255
end

local function coloured_line(above, below)
  local parts, last = {}, nil
  for x, pixel in ipairs(above) do
    local code = ("\27[38;2;%d;%d;%d"):format(colour(pixel))
    code = code .. (below and (";48;2;%d;%d;%dm"):format(colour(below[x])) or ";49m")
    parts[#parts + 1] = code == last and upper or code .. upper
    last = code
  end
  return table.concat(parts) .. reset
end

local function shaded_line(above, below)
  local parts = {}
  for x, pixel in ipairs(above) do
    local sum, n = 0, 0
    for _, one in ipairs { pixel, below and below[x] or pixel } do
      local r, g, b = colour(one)
      sum, n = sum + 0.299 * r + 0.587 * g + 0.114 * b, n + 1
    end
    parts[x] = shades[math.min(5, math.floor(sum / n / 255 * 5) + 1)]
  end
  return table.concat(parts)
end

--- The lines of a picture.
---@param t userdata u8 [H, W, C]
---@param columns integer the most characters in a line
---@param coloured boolean
---@return string
function M.draw(t, columns, coloured)
  local rows = shrink(t, columns):totable()
  local line = coloured and coloured_line or shaded_line
  local lines = {}
  for y = 1, #rows, 2 do lines[#lines + 1] = line(rows[y], rows[y + 1]) end
  return table.concat(lines, "\n") .. "\n"
end

return M
