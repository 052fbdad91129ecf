--- `ae.plot`: curves as SVG files and in the terminal.
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local names = require "aelua.base.names"
local options = require "aelua.base.options"
local series = require "aelua.plot.series"

local M = {}

local function check_path(who, path)
  errors.check(type(path) == "string", "type", "%s wants a path, got %s", who, type(path))
  errors.check(path:lower():match("%.svg$"), "unsupported", "%s: writes SVG, '%s' does not end in .svg", who, path)
end

---@class aelua.PlotOptions
---@field columns? string[] which of a history's; default: loss, and val_loss where there is one
---@field title? string
---@field x_label? string default "epoch" for a history, else ""
---@field y_label? string
---@field width? integer in pixels, default 640
---@field height? integer in pixels, default 400
---@field log? boolean a logarithmic y axis; values not above 0 leave a gap; default false

--- Writes curves to an SVG file, whole or not at all.
---@param path string ends in .svg
--- `what` is a history, numbers by name, or a list of curves { name =, x =, y = }.
---@param what aelua.History|table<string, number[]>|aelua.Curve[]|number[]
---@param given? aelua.PlotOptions
function M.save(path, what, given)
  local o = options.check("plot.save", given, {
    columns = { type = "table" }, title = { type = "string" }, x_label = { type = "string" },
    y_label = { type = "string" }, width = { type = "integer", default = 640, min = 200, max = 10000 },
    height = { type = "integer", default = 400, min = 150, max = 10000 }, log = { type = "boolean", default = false },
  })
  check_path("plot.save", path)
  local curves = series.curves("plot.save", what, o.columns)
  local is_history = type(what.epochs) == "table"
  o.x_label = o.x_label or (is_history and "epoch" or "")
  o.whole_x = is_history
  core.write_file(path, require("aelua.plot.svg").draw(curves, o), "plot.save")
end

--- Writes points of a plane to an SVG file, one colour a label: a map of codes.
--- Codes of more dimensions than two show `dims`, or what latent.PCA makes of them.
---@param path string ends in .svg
---@param points userdata [N, D], D at least 2
---@param given? aelua.ScatterOptions
function M.scatter(path, points, given)
  check_path("plot.scatter", path)
  core.write_file(path, require("aelua.plot.scatter")(points, given), "plot.scatter")
end

---@class aelua.PlotShowOptions
---@field columns? string[] as in save
---@field width? integer in characters; default: the terminal's, at most 100
---@field height? integer in lines, default 15
---@field log? boolean
---@field colour? boolean default: whether standard output is a terminal

--- Draws curves in the terminal.
---@param what aelua.History|table<string, number[]>|aelua.Curve[]|number[]
---@param given? aelua.PlotShowOptions
function M.show(what, given)
  local o = options.check("plot.show", given, {
    columns = { type = "table" }, width = { type = "integer", min = 20, max = 1000 },
    height = { type = "integer", default = 15, min = 3, max = 200 }, log = { type = "boolean", default = false },
    colour = { type = "boolean" },
  })
  local terminal = core.terminal()
  io.stdout:write(require("aelua.plot.terminal").draw(series.curves("plot.show", what, o.columns), {
    columns = o.width or math.min(terminal.columns, 100), rows = o.height, log = o.log,
    colour = o.colour == nil and terminal.tty or o.colour or false,
  }))
end

return names.strict(M, "plot")
