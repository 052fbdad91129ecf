local ae = require "aelua"
local Axis = require "aelua.plot.axis"
local fails = require "spec.support.fails"
local series = require "aelua.plot.series"
local svg = require "aelua.plot.svg"
local terminal = require "aelua.plot.terminal"

local history = { epochs = {
  { epoch = 1, loss = 0.5, val_loss = 0.6, lr = 1e-3 },
  { epoch = 2, loss = 0.25, val_loss = 0.4, lr = 1e-3 },
  { epoch = 3, loss = 0.125, val_loss = 0 / 0, lr = 1e-3 },
} }

local function saved(what, options)
  local name = os.tmpname()
  local path = name .. ".svg"
  ae.plot.save(path, what, options)
  local file = assert(io.open(path))
  local text = file:read "a"
  file:close()
  os.remove(path)
  os.remove(name)
  return text
end

describe("plot.save", function()
  it("writes SVG alone", function()
    fails("unsupported", "plot.save: writes SVG, 'loss.png' does not end in .svg", function()
      ae.plot.save("loss.png", history)
    end)
    fails("type", "plot.save wants a path, got table", function() ae.plot.save(history) end)
  end)

  it("draws loss and validation loss of a history, with a legend and axes", function()
    local text = saved(history, { title = "a < b" })
    assert.matches("^<svg xmlns=", text)
    assert.matches("</svg>\n$", text)
    local _, curves = text:gsub("<polyline", "")
    assert.equal(2, curves)
    assert.matches(">val_loss</text>", text)
    assert.matches(">epoch</text>", text)
    assert.matches(">a &lt; b</text>", text)
  end)

  it("is well-formed: every element that opens closes", function()
    local open = {}
    for closing, name, own in saved(history):gmatch("<(/?)(%w+)[^>]-(/?)>") do
      if closing == "/" then assert.equal(name, table.remove(open)) elseif own ~= "/" then open[#open + 1] = name end
    end
    assert.same({}, open)
  end)

  it("puts the first point at the left end, and higher values higher", function()
    local points = saved({ { name = "rise", y = { 0, 1 } } }):match('points="([^"]+)"')
    local x1, y1, x2, y2 = points:match("([%d.]+),([%d.]+) ([%d.]+),([%d.]+)")
    assert.equal(64, tonumber(x1))
    assert.equal(620, tonumber(x2))
    assert.is_true(tonumber(y1) > tonumber(y2))
  end)

  it("leaves a gap where a value is not finite", function()
    local _, pieces = saved({ { name = "gap", y = { 1, 2, 0 / 0, 3, 4 } } }):gsub("<polyline", "")
    assert.equal(2, pieces)
  end)

  it("has a logarithmic axis", function()
    local text = saved({ loss = { 1, 0.1, 0.01, 0.001 } }, { log = true })
    assert.matches(">0.01</text>", text)
    local ys = {}
    for y in text:match('points="([^"]+)"'):gmatch(",([%d.]+)") do ys[#ys + 1] = tonumber(y) end
    assert.near(ys[2] - ys[1], ys[3] - ys[2], 0.02)
  end)

  it("refuses what it cannot draw", function()
    local function refused(pattern, ...)
      local ok, failure = pcall(ae.plot.save, "/nonexistent/x.svg", ...)
      assert.is_false(ok)
      assert.matches(pattern, failure.message)
    end
    refused("the history has no 'val_los'; did you mean 'val_loss'", history, { columns = { "val_los" } })
    refused("the history is empty", { epochs = {} })
    refused("has 2 x and 1 y", { { x = { 1, 2 }, y = { 1 } } })
    refused("has string at 2", { loss = { 1, "two" } })
    refused("no option 'titel'", history, { titel = "x" })
    refused("/nonexistent", history)
  end)
end)

describe("an axis", function()
  local function labels(...)
    local axis, texts = Axis(...), {}
    for i, tick in ipairs(axis.ticks) do texts[i] = axis:label(tick) end
    return texts
  end
  it("has ticks at 1, 2 or 5 times a power of ten", function()
    assert.same({ "0.0", "0.2", "0.4", "0.6", "0.8", "1.0" }, labels(0, 1, { ticks = 6 }))
    assert.same({ "0", "50", "100" }, labels(0, 100, { ticks = 2 }))
    assert.same({ "1", "2", "3" }, labels(1, 3, { ticks = 8, whole = true }))
    assert.same({ "0.001", "0.01", "0.1", "1" }, labels(0.001, 1, { ticks = 3, log = true }))
  end)
  it("copes with a single value", function()
    assert.is_true(#labels(3, 3, { ticks = 6 }) > 0)
    assert.is_true(#labels(0, 0, { ticks = 6 }) > 0)
    assert.is_true(#labels(2, 2, { ticks = 6, log = true }) > 0)
  end)
end)

describe("plot.show", function()
  it("draws in as many lines as it is given", function()
    local text = terminal.draw(series.curves("show", history), { columns = 40, rows = 6, log = false, colour = false })
    local _, lines = text:gsub("\n", "")
    assert.equal(7, lines)
    assert.matches("val_loss", text)
    assert.is_nil(text:find("\27", 1, true))
  end)
end)

describe("the terminal", function()
  it("tells whether it is one and how wide", function()
    local found = require("aelua.core").terminal()
    assert.is_boolean(found.tty)
    assert.is_true(math.type(found.columns) == "integer" and found.columns > 0)
  end)
end)

describe("svg", function()
  it("draws curves without a finite value as an empty frame", function()
    local text = svg.draw(series.curves("draw", { loss = { 0 / 0 } }), { width = 640, height = 400, x_label = "" })
    assert.is_nil(text:find("polyline", 1, true))
  end)
end)

describe("plot.scatter", function()
  local function drawn(points, options)
    local name = os.tmpname()
    ae.plot.scatter(name .. ".svg", points, options)
    local file <close> = assert(io.open(name .. ".svg"))
    local text = file:read "a"
    os.remove(name .. ".svg")
    os.remove(name)
    return text
  end
  local points = ae.tensor { { 0, 0 }, { 1, 2 }, { 0 / 0, 1 }, { 3, 1 } }
  local labels = ae.tensor({ 1, 2, 2, 2 }, { dtype = "i32" })

  it("draws every finite point once, in its label's colour, and a legend", function()
    local text = drawn(points, { labels = labels, classes = { "cat", "d&g" } })
    local _, circles = text:gsub("<circle", "")
    assert.equal(3 + 2, circles)
    local _, second = text:gsub('fill="#d55e00"', "")
    assert.equal(2 + 1, second)
    assert.matches(">d&amp;g</text>", text)
  end)

  it("names the labels that occur, however large they are", function()
    local text = drawn(points, { labels = ae.tensor({ 2147483647, 3, 3, 3 }, { dtype = "i32" }), classes = { "a", "b", "c" } })
    local _, circles = text:gsub("<circle", "")
    assert.equal(3 + 2, circles)
    assert.matches(">c</text>.*>2147483647</text>", text)
    assert.is_nil(text:find(">a</text>", 1, true))
  end)

  it("shows other dimensions where asked to, without a legend where there are no labels", function()
    local wide = ae.tensor { { 9, 0, 5 }, { 9, 1, 6 } }
    local text = drawn(wide, { dims = { 2, 3 } })
    assert.matches(">dimension 3</text>", text)
    assert.is_nil(text:find('class="legend"', 1, true))
  end)

  it("says what it wants", function()
    fails("shape", "plot.scatter: wants points [N, 2 or more], got [4]", function() drawn(ae.zeros { 4 }) end)
    fails("shape", "wants labels as an i32 tensor [4]", function() drawn(points, { labels = ae.zeros { 4 } }) end)
    fails("invalid", "dims wants two columns of 1 to 2", function() drawn(points, { dims = { 1, 3 } }) end)
    fails("invalid", "classes wants labels", function() drawn(points, { classes = { "a" } }) end)
    fails("io", "plot.scatter: /nonexistent/x.svg", function() ae.plot.scatter("/nonexistent/x.svg", points) end)
    fails("invalid", "plot.scatter: labels count from 1, got 0", function() drawn(points, { labels = labels - 1 }) end)
    fails("unsupported", "plot.scatter: writes SVG", function() ae.plot.scatter("x.png", points) end)
  end)
end)
