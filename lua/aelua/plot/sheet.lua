--- A drawing: a list of SVG elements, and what every plot has of them: a frame,
--- two axes, a title and a legend.
local class = require "aelua.base.class"

local margin = { left = 64, right = 20, top = 36, bottom = 48 }

local escapes = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

local function escape(text) return (tostring(text):gsub('[&<>"]', escapes)) end

---@class aelua.Sheet: aelua.Class
---@field left number
---@field right number
---@field top number
---@field bottom number
---@field width number of the frame inside the margins
---@field height number
local Sheet = class("Sheet")

-- Okabe and Ito's colours, which most colour-blind people can tell apart.
-- Three more stand apart enough for ten classes.
local colours = {
  "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#f0e442", "#8c564b", "#7f7f7f",
}

--- The colour of thing number i; they repeat.
---@param i integer
---@return string
function Sheet.colour(i) return colours[(i - 1) % #colours + 1] end

--- A length in the picture, with a point whatever the locale.
---@param value number
---@return string
function Sheet.px(value) return (("%.2f"):format(value):gsub(",", ".")) end

local px = Sheet.px

--- An empty sheet.
---@param width integer pixels
---@param height integer
function Sheet:init(width, height)
  self.left, self.top, self.right, self.bottom = margin.left, margin.top, width - margin.right, height - margin.bottom
  self.width, self.height = self.right - self.left, self.bottom - self.top
  self:add('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" '
    .. 'font-family="sans-serif" font-size="12">', width, height, width, height)
  self:add("<style>.axis{stroke:#333}.grid{stroke:#ddd}.curve{fill:none;stroke-width:2;stroke-linejoin:round}"
    .. ".legend{fill:#fff;stroke:#ccc}.title{font-size:15px}text{fill:#222}</style>")
  self:add('<rect width="100%%" height="100%%" fill="#fff"/>')
end

--- The whole file.
---@return string
function Sheet:finish()
  self:add("</svg>")
  return table.concat(self, "\n") .. "\n"
end

function Sheet:add(format, ...) self[#self + 1] = format:format(...) end

function Sheet:text(x, y, text, attributes)
  self:add('<text x="%s" y="%s" %s>%s</text>', px(x), px(y), attributes or "", escape(text))
end

function Sheet:line(x1, y1, x2, y2, style)
  self:add('<line x1="%s" y1="%s" x2="%s" y2="%s" class="%s"/>', px(x1), px(y1), px(x2), px(y2), style)
end

--- Axes, grid, title and labels.
---@param x_axis aelua.Axis
---@param y_axis aelua.Axis
---@param o { title?: string, x_label: string, y_label?: string }
function Sheet:axes(x_axis, y_axis, o)
  for _, tick in ipairs(y_axis.ticks) do
    local y = self.bottom - y_axis:at(tick) * self.height
    self:line(self.left, y, self.right, y, "grid")
    self:text(self.left - 8, y + 4, y_axis:label(tick), 'text-anchor="end"')
  end
  for _, tick in ipairs(x_axis.ticks) do
    local x = self.left + x_axis:at(tick) * self.width
    self:line(x, self.bottom, x, self.bottom + 5, "axis")
    self:text(x, self.bottom + 20, x_axis:label(tick), 'text-anchor="middle"')
  end
  self:line(self.left, self.bottom, self.right, self.bottom, "axis")
  self:line(self.left, self.top, self.left, self.bottom, "axis")
  local middle = (self.left + self.right) / 2
  self:text(middle, self.bottom + 40, o.x_label, 'text-anchor="middle"')
  if o.title then self:text(middle, self.top - 14, o.title, 'text-anchor="middle" class="title"') end
  if o.y_label then
    local y = (self.top + self.bottom) / 2
    self:text(16, y, o.y_label, ('text-anchor="middle" transform="rotate(-90 16 %s)"'):format(px(y)))
  end
end

--- A legend in the upper right corner.
---@param labels string[]
---@param mark fun(x: number, y: number, i: integer) draws the mark of label i between x and x + 22
function Sheet:legend(labels, mark)
  local longest = 0
  for _, label in ipairs(labels) do longest = math.max(longest, utf8.len(label) or #label) end
  local width = 44 + longest * 7
  local left = self.right - width - 8
  self:add('<rect x="%s" y="%s" width="%s" height="%s" class="legend"/>', px(left), px(self.top + 4), px(width),
    px(#labels * 18 + 8))
  for i, label in ipairs(labels) do
    local y = self.top + i * 18
    mark(left + 8, y, i)
    self:text(left + 36, y + 4, label)
  end
end

return Sheet
