--- Curves as an SVG picture: a text that any browser shows.
local Axis = require "aelua.plot.axis"
local series = require "aelua.plot.series"

local M = {}

local margin = { left = 64, right = 20, top = 36, bottom = 48 }

-- Okabe and Ito's colours, which most colour-blind people can tell apart.
local colours = { "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000" }

local escapes = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

local function escape(text) return (tostring(text):gsub('[&<>"]', escapes)) end

-- A length in the picture, with a point whatever the locale.
local function px(value) return (("%.2f"):format(value):gsub(",", ".")) end

---@class aelua.Sheet
local Sheet = {}
Sheet.__index = Sheet

function Sheet:add(format, ...) self[#self + 1] = format:format(...) end

function Sheet:text(x, y, text, attributes)
  self:add('<text x="%s" y="%s" %s>%s</text>', px(x), px(y), attributes or "", escape(text))
end

function Sheet:line(x1, y1, x2, y2, class)
  self:add('<line x1="%s" y1="%s" x2="%s" y2="%s" class="%s"/>', px(x1), px(y1), px(x2), px(y2), class)
end

local function draw_axes(sheet, frame, x_axis, y_axis, o)
  for _, tick in ipairs(y_axis.ticks) do
    local y = frame.bottom - y_axis:at(tick) * frame.height
    sheet:line(frame.left, y, frame.right, y, "grid")
    sheet:text(frame.left - 8, y + 4, y_axis:label(tick), 'text-anchor="end"')
  end
  for _, tick in ipairs(x_axis.ticks) do
    local x = frame.left + x_axis:at(tick) * frame.width
    sheet:line(x, frame.bottom, x, frame.bottom + 5, "axis")
    sheet:text(x, frame.bottom + 20, x_axis:label(tick), 'text-anchor="middle"')
  end
  sheet:line(frame.left, frame.bottom, frame.right, frame.bottom, "axis")
  sheet:line(frame.left, frame.top, frame.left, frame.bottom, "axis")
  local middle = (frame.left + frame.right) / 2
  sheet:text(middle, frame.bottom + 40, o.x_label, 'text-anchor="middle"')
  if o.title then sheet:text(middle, frame.top - 14, o.title, 'text-anchor="middle" class="title"') end
  if o.y_label then
    local y = (frame.top + frame.bottom) / 2
    sheet:text(16, y, o.y_label, ('text-anchor="middle" transform="rotate(-90 16 %s)"'):format(px(y)))
  end
end

-- The finite stretches of a curve, each a list of points.
local function stretches(curve, frame, x_axis, y_axis)
  local list, current = {}, nil
  for i, x in ipairs(curve.x) do
    local y = curve.y[i]
    if y - y == 0 and x - x == 0 and not (y_axis.log and y <= 0) then
      if not current then
        current = {}
        list[#list + 1] = current
      end
      current[#current + 1] = { frame.left + x_axis:at(x) * frame.width, frame.bottom - y_axis:at(y) * frame.height }
    else
      current = nil
    end
  end
  return list
end

local function draw_curve(sheet, curve, colour, frame, x_axis, y_axis)
  for _, points in ipairs(stretches(curve, frame, x_axis, y_axis)) do
    if #points == 1 then
      sheet:add('<circle cx="%s" cy="%s" r="3" fill="%s"/>', px(points[1][1]), px(points[1][2]), colour)
    else
      local texts = {}
      for i, point in ipairs(points) do texts[i] = px(point[1]) .. "," .. px(point[2]) end
      sheet:add('<polyline points="%s" stroke="%s" class="curve"/>', table.concat(texts, " "), colour)
    end
  end
end

local function draw_legend(sheet, curves, frame)
  local longest = 0
  for _, curve in ipairs(curves) do longest = math.max(longest, utf8.len(curve.name) or #curve.name) end
  local width = 44 + longest * 7
  local left = frame.right - width - 8
  sheet:add('<rect x="%s" y="%s" width="%s" height="%s" class="legend"/>', px(left), px(frame.top + 4), px(width),
    px(#curves * 18 + 8))
  for i, curve in ipairs(curves) do
    local y = frame.top + i * 18
    sheet:add('<line x1="%s" y1="%s" x2="%s" y2="%s" stroke="%s" class="curve"/>', px(left + 8), px(y), px(left + 30),
      px(y), colours[(i - 1) % #colours + 1])
    sheet:text(left + 36, y + 4, curve.name)
  end
end

--- The picture of some curves.
---@param curves aelua.Curve[]
---@param o aelua.PlotOptions with every default filled in
---@return string svg
function M.draw(curves, o)
  local frame = { left = margin.left, top = margin.top, right = o.width - margin.right, bottom = o.height - margin.bottom }
  frame.width, frame.height = frame.right - frame.left, frame.bottom - frame.top
  local x_low, x_high = series.range(curves, "x")
  local y_low, y_high = series.range(curves, "y", o.log)
  local x_axis = Axis(x_low or 0, x_high or 1, { ticks = 8, whole = o.whole_x })
  local y_axis = Axis(y_low or 0.1, y_high or 1, { ticks = 6, log = o.log, margin = 0.05 })
  local sheet = setmetatable({}, Sheet)
  sheet:add('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" '
    .. 'font-family="sans-serif" font-size="12">', o.width, o.height, o.width, o.height)
  sheet:add("<style>.axis{stroke:#333}.grid{stroke:#ddd}.curve{fill:none;stroke-width:2;stroke-linejoin:round}"
    .. ".legend{fill:#fff;stroke:#ccc}.title{font-size:15px}text{fill:#222}</style>")
  sheet:add('<rect width="100%%" height="100%%" fill="#fff"/>')
  draw_axes(sheet, frame, x_axis, y_axis, o)
  for i, curve in ipairs(curves) do
    draw_curve(sheet, curve, colours[(i - 1) % #colours + 1], frame, x_axis, y_axis)
  end
  draw_legend(sheet, curves, frame)
  sheet:add("</svg>")
  return table.concat(sheet, "\n") .. "\n"
end

return M
