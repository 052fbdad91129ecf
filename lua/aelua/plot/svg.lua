--- Curves as an SVG picture: a text that any browser shows.
local Axis = require "aelua.plot.axis"
local Sheet = require "aelua.plot.sheet"
local series = require "aelua.plot.series"

local M = {}

local px = Sheet.px

-- The finite stretches of a curve, each a list of points.
local function stretches(curve, sheet, x_axis, y_axis)
  local list, current = {}, nil
  for i, x in ipairs(curve.x) do
    local y = curve.y[i]
    if y - y == 0 and x - x == 0 and not (y_axis.log and y <= 0) then
      if not current then
        current = {}
        list[#list + 1] = current
      end
      current[#current + 1] = { sheet.left + x_axis:at(x) * sheet.width, sheet.bottom - y_axis:at(y) * sheet.height }
    else
      current = nil
    end
  end
  return list
end

local function draw_curve(sheet, curve, colour, x_axis, y_axis)
  for _, points in ipairs(stretches(curve, sheet, x_axis, y_axis)) do
    if #points == 1 then
      sheet:add('<circle cx="%s" cy="%s" r="3" fill="%s"/>', px(points[1][1]), px(points[1][2]), colour)
    else
      local texts = {}
      for i, point in ipairs(points) do texts[i] = px(point[1]) .. "," .. px(point[2]) end
      sheet:add('<polyline points="%s" stroke="%s" class="curve"/>', table.concat(texts, " "), colour)
    end
  end
end

--- The picture of some curves.
---@param curves aelua.Curve[]
---@param o aelua.PlotOptions with every default filled in
---@return string svg
function M.draw(curves, o)
  local x_low, x_high = series.range(curves, "x")
  local y_low, y_high = series.range(curves, "y", o.log)
  local x_axis = Axis(x_low or 0, x_high or 1, { ticks = 8, whole = o.whole_x })
  local y_axis = Axis(y_low or 0.1, y_high or 1, { ticks = 6, log = o.log, margin = 0.05 })
  local sheet = Sheet(o.width, o.height)
  sheet:axes(x_axis, y_axis, o)
  local labels = {}
  for i, curve in ipairs(curves) do
    draw_curve(sheet, curve, Sheet.colour(i), x_axis, y_axis)
    labels[i] = curve.name
  end
  sheet:legend(labels, function(x, y, i)
    sheet:add('<line x1="%s" y1="%s" x2="%s" y2="%s" stroke="%s" class="curve"/>', px(x), px(y), px(x + 22), px(y),
      Sheet.colour(i))
  end)
  return sheet:finish()
end

return M
