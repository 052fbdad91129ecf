--- Curves in a terminal, two by four dots a character (Unicode's Braille patterns).
local Axis = require "aelua.plot.axis"
local series = require "aelua.plot.series"

local M = {}

-- The bit of each dot, by column and row, from the top left.
local dots = { { 0x01, 0x02, 0x04, 0x40 }, { 0x08, 0x10, 0x20, 0x80 } }
local colours = { "\27[34m", "\27[31m", "\27[32m", "\27[35m", "\27[33m", "\27[36m" }

local function canvas(columns, rows)
  local self = { columns = columns, rows = rows, bits = {}, owner = {} }
  function self.set(x, y, owner)
    local column, row = x // 2, y // 4
    if column < 0 or column >= columns or row < 0 or row >= rows then return end
    local at = row * columns + column
    self.bits[at] = (self.bits[at] or 0) | dots[x % 2 + 1][y % 4 + 1]
    self.owner[at] = owner
  end
  return self
end

local function line(area, x1, y1, x2, y2, owner)
  local steps = math.max(1, math.abs(x2 - x1), math.abs(y2 - y1))
  for i = 0, steps do
    area.set(math.floor(x1 + (x2 - x1) * i / steps + 0.5), math.floor(y1 + (y2 - y1) * i / steps + 0.5), owner)
  end
end

local function trace(area, curve, owner, x_axis, y_axis)
  local last_x, last_y
  for i, value in ipairs(curve.y) do
    if value - value == 0 and not (y_axis.log and value <= 0) then
      local x = math.floor(x_axis:at(curve.x[i]) * (area.columns * 2 - 1) + 0.5)
      local y = math.floor((1 - y_axis:at(value)) * (area.rows * 4 - 1) + 0.5)
      line(area, last_x or x, last_y or y, x, y, owner)
      last_x, last_y = x, y
    else
      last_x, last_y = nil, nil
    end
  end
end

local function row_text(area, row, coloured)
  local cells, current = {}, nil
  for column = 0, area.columns - 1 do
    local at = row * area.columns + column
    local owner = area.owner[at]
    if coloured and owner ~= current then
      cells[#cells + 1] = owner and colours[(owner - 1) % #colours + 1] or "\27[0m"
      current = owner
    end
    cells[#cells + 1] = utf8.char(0x2800 + (area.bits[at] or 0))
  end
  if coloured and current then cells[#cells + 1] = "\27[0m" end
  return table.concat(cells)
end

--- The drawing, lines ending with a line feed.
---@param curves aelua.Curve[]
---@param o { columns: integer, rows: integer, log: boolean, colour: boolean }
---@return string
function M.draw(curves, o)
  local x_low, x_high = series.range(curves, "x")
  local y_low, y_high = series.range(curves, "y", o.log)
  local x_axis = Axis(x_low or 0, x_high or 1, { ticks = 5 })
  local y_axis = Axis(y_low or 0.1, y_high or 1, { ticks = 5, log = o.log })
  local area = canvas(o.columns - 12, o.rows)
  for i, curve in ipairs(curves) do trace(area, curve, i, x_axis, y_axis) end
  local lines = {}
  for row = 0, o.rows - 1 do
    local label = row == 0 and y_axis.high or row == o.rows - 1 and y_axis.low or nil
    lines[#lines + 1] = ("%10s \u{2502}%s"):format(label and (("%.4g"):format(label):gsub(",", ".")) or "",
      row_text(area, row, o.colour))
  end
  local legend = {}
  for i, curve in ipairs(curves) do
    legend[i] = o.colour and colours[(i - 1) % #colours + 1] .. curve.name .. "\27[0m" or curve.name
  end
  lines[#lines + 1] = ("%10s \u{2514} x %s to %s   %s"):format("", x_axis:label(x_axis.low), x_axis:label(x_axis.high),
    table.concat(legend, "  "))
  return table.concat(lines, "\n") .. "\n"
end

return M
