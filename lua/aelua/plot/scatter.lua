--- Points of a plane, such as codes of two dimensions, as an SVG picture: one
--- colour a label.
local Axis = require "aelua.plot.axis"
local Sheet = require "aelua.plot.sheet"
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"
local shapes = require "aelua.base.shapes"

local who = "plot.scatter"

---@class aelua.ScatterOptions
---@field labels? userdata [N] i32, from 1, as dataset:labels() gives them
---@field classes? string[] the labels' names, as dataset.classes has them; default their numbers
---@field dims? integer[] the two columns that are shown, default { 1, 2 }
---@field radius? number of a point in pixels, default 2
---@field title? string
---@field x_label? string
---@field y_label? string
---@field width? integer in pixels, default 640
---@field height? integer in pixels, default 560

local function check_points(points, dims)
  errors.check(core.is_tensor(points) and points.ndim == 2 and points.shape[1] > 0 and points.shape[2] >= 2, "shape",
    "%s: wants points [N, 2 or more], got %s", who, core.is_tensor(points) and shapes.text(points.shape) or type(points))
  for i = 1, 2 do
    local dim = dims[i]
    errors.check(#dims == 2 and math.type(dim) == "integer" and dim >= 1 and dim <= points.shape[2], "invalid",
      "%s: dims wants two columns of 1 to %d", who, points.shape[2])
  end
end

local function check_labels(labels, count)
  if not labels then return nil end
  errors.check(core.is_tensor(labels) and labels.dtype == "i32" and labels.ndim == 1 and #labels == count, "shape",
    "%s: wants labels as an i32 tensor [%d]", who, count)
  local least = core.ops.min(labels):item()
  errors.check(least >= 1, "invalid", "%s: labels count from 1, got %d", who, least)
  return labels:totable()
end

-- The labels that occur, in order.
local function each_once(labels)
  local list, seen = {}, {}
  for _, label in ipairs(labels) do
    if not seen[label] then list[#list + 1], seen[label] = label, true end
  end
  table.sort(list)
  return list
end

local function finite(value) return value - value == 0 end

local function axis(rows, dim, ticks)
  local low, high
  for _, row in ipairs(rows) do
    local value = row[dim]
    if finite(value) then low, high = math.min(low or value, value), math.max(high or value, value) end
  end
  return Axis(low or 0, high or 1, { ticks = ticks, margin = 0.03 })
end

--- Draws the points; those that are not finite are left out.
---@param points userdata [N, D], D at least 2
---@param given? aelua.ScatterOptions
---@return string svg
return function(points, given)
  local o = options.check(who, given, {
    labels = { type = "userdata" }, classes = { type = "table" }, dims = { type = "table", default = { 1, 2 } },
    radius = { type = "number", default = 2, above = 0 }, title = { type = "string" }, x_label = { type = "string" },
    y_label = { type = "string" }, width = { type = "integer", default = 640, min = 200, max = 10000 },
    height = { type = "integer", default = 560, min = 150, max = 10000 },
  })
  check_points(points, o.dims)
  local labels = check_labels(o.labels, #points)
  errors.check(labels or not o.classes, "invalid", "%s: classes wants labels", who)
  local rows = points:totable()
  local first, second = o.dims[1], o.dims[2]
  local x_axis, y_axis = axis(rows, first, 8), axis(rows, second, 6)
  local sheet = Sheet(o.width, o.height)
  sheet:axes(x_axis, y_axis, {
    title = o.title, x_label = o.x_label or ("dimension " .. first), y_label = o.y_label or ("dimension " .. second),
  })
  local function dot(x, y, radius, label)
    sheet:add('<circle cx="%s" cy="%s" r="%s" fill="%s" fill-opacity="0.7"/>', Sheet.px(x), Sheet.px(y),
      Sheet.px(radius), Sheet.colour(label))
  end
  for i, row in ipairs(rows) do
    local x, y, label = row[first], row[second], labels and labels[i] or 1
    if finite(x) and finite(y) then
      dot(sheet.left + x_axis:at(x) * sheet.width, sheet.bottom - y_axis:at(y) * sheet.height, o.radius, label)
    end
  end
  if labels then
    local known, texts = each_once(labels), {}
    for i, label in ipairs(known) do texts[i] = o.classes and o.classes[label] or tostring(label) end
    sheet:legend(texts, function(x, y, i) dot(x + 11, y, 5, known[i]) end)
  end
  return sheet:finish()
end
