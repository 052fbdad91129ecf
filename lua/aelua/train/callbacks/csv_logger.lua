--- Writes the history to a CSV file, a line per epoch as it ends.
local Callback = require "aelua.train.callbacks.callback"
local errors = require "aelua.base.errors"
local options = require "aelua.base.options"

---@class aelua.CSVLogger: aelua.Callback
local CSVLogger = Callback:extend("CSVLogger")
CSVLogger.only_reads_rows = true

---@param given { path: string, append?: boolean }
--- append: go on with a file that is there instead of replacing it, default
--- false; a resumed run always goes on.
function CSVLogger:init(given)
  local o = options.check("CSVLogger", given, {
    path = { type = "string", required = true },
    append = { type = "boolean", default = false },
  })
  self.path, self.append = o.path, o.append
end

local function read_lines(path)
  local file = io.open(path, "r")
  if not file then return {} end
  local lines = {}
  for line in file:lines() do lines[#lines + 1] = line end
  file:close()
  return lines
end

-- The lines of a run that goes on after `epoch`: it may have been stopped after a
-- line was written and before its own state was.
local function lines_until(lines, epoch)
  local kept = { lines[1] }
  for i = 2, #lines do
    local of = tonumber(lines[i]:match("^(%d+),"))
    if of and of <= epoch then kept[#kept + 1] = lines[i] end
  end
  return kept
end

function CSVLogger:on_train_begin(run)
  local lines = (self.append or run.resumed) and read_lines(self.path) or {}
  if run.resumed then lines = lines_until(lines, run.epoch) end
  local replaces = run.resumed or #lines == 0
  local file, message = io.open(self.path, replaces and "w" or "a")
  errors.check(file, "io", "CSVLogger: cannot write: %s", message)
  self.file, self.columns = file, nil
  if lines[1] then
    self.columns = {}
    for name in lines[1]:gmatch("[^,]+") do self.columns[#self.columns + 1] = name end
  end
  if replaces then
    for _, line in ipairs(lines) do file:write(line, "\n") end
  end
end

local function text(value)
  if value == nil then return "" end
  if math.type(value) == "integer" then return ("%d"):format(value) end
  return (("%.9g"):format(value):gsub(",", "."))
end

function CSVLogger:on_epoch_end(run, row)
  if not self.columns then
    self.columns = table.move(run.history.columns, 1, #run.history.columns, 1, {})
    self.file:write(table.concat(self.columns, ","), "\n")
  end
  local cells = {}
  for i, name in ipairs(self.columns) do cells[i] = text(row[name]) end
  local ok, message = self.file:write(table.concat(cells, ","), "\n")
  if ok then ok, message = self.file:flush() end
  errors.check(ok, "io", "CSVLogger: %s: %s", self.path, message)
end

function CSVLogger:on_train_end(_run)
  if self.file then self.file:close() end
  self.file = nil
end

return CSVLogger
