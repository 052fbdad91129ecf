--- What a run shows while it trains: on a terminal a bar with rate, time left
--- and loss, redrawn at most ten times a second; elsewhere one line an epoch.
local core = require "aelua.core"
local class = require "aelua.base.class"

local bar_width, least_bar_width, redraw_seconds = 24, 6, 0.1

---@class aelua.Progress: aelua.Class
local Progress = class("Progress")

---@param verbose integer 0 silent, 1 as the output allows, 2 one line an epoch
---@param epochs integer
---@param out? file* default io.stdout
function Progress:init(verbose, epochs, out)
  self.out = out or io.stdout
  self.epochs, self.verbose = epochs, verbose
  self.bar = verbose == 1 and core.terminal().tty
end

local function duration(seconds)
  if seconds < 100 then return ("%.1fs"):format(seconds) end
  if seconds < 6000 then return ("%dm%02ds"):format(seconds // 60, seconds // 1 % 60) end
  return ("%dh%02dm"):format(seconds // 3600, seconds // 60 % 60)
end

local function number(value)
  if math.type(value) == "integer" then return ("%d"):format(value) end
  if value ~= 0 and (math.abs(value) < 1e-3 or math.abs(value) >= 1e5) then return ("%.3e"):format(value) end
  return ("%.4f"):format(value)
end

-- The whole fields that fit into `columns`: the bar is shortened first, then it goes, and then what says least. Epoch and
-- loss stay, and no number is ever cut.
local function line_of(fields, share, columns)
  local function with(width, without)
    local filled = math.floor(width * share)
    local parts = { fields.epoch }
    if width > 0 then parts[1] = ("%s [%s%s]"):format(fields.epoch, ("#"):rep(filled), ("-"):rep(width - filled)) end
    if without < 3 then parts[1] = parts[1] .. " " .. fields.batch end
    if without < 1 then parts[#parts + 1] = fields.rate end
    if without < 2 then parts[#parts + 1] = fields.left end
    parts[#parts + 1] = fields.loss
    return table.concat(parts, "  ")
  end
  local line = with(bar_width, 0)
  if #line <= columns then return line end
  local width = bar_width - (#line - columns)
  if width >= least_bar_width then return with(width, 0) end
  for without = 0, 2 do
    line = with(0, without)
    if #line <= columns then return line end
  end
  return with(0, 3)
end

function Progress:begin_epoch(epoch, batches)
  self.epoch, self.batches, self.began, self.drawn = epoch, batches, core.clock(), 0
end

function Progress:step(batch, loss)
  if not self.bar then return end
  local now = core.clock()
  if now - self.drawn < redraw_seconds and batch < self.batches then return end
  self.drawn = now
  local elapsed = math.max(now - self.began, 1e-9)
  local fields = {
    epoch = ("Epoch %d/%d"):format(self.epoch, self.epochs),
    batch = ("%d/%d"):format(batch, self.batches),
    rate = ("%.0f it/s"):format(batch / elapsed),
    left = "ETA " .. duration((self.batches - batch) * elapsed / batch),
    loss = "loss " .. number(loss),
  }
  -- A character in the last column would go with what is erased behind the line.
  self.out:write("\r", line_of(fields, batch / self.batches, core.terminal().columns - 1), "\27[K")
  self.out:flush()
end

--- Ends an epoch's line with every value of its row.
---@param row table<string, number>
---@param order string[]
function Progress:end_epoch(row, order)
  if self.verbose == 0 then return end
  local parts = {}
  for _, name in ipairs(order) do
    if name ~= "epoch" and name ~= "seconds" and name ~= "lr" then
      parts[#parts + 1] = name .. " " .. number(row[name])
    end
  end
  self.out:write(self.bar and "\r" or "", ("Epoch %d/%d  %s  %s"):format(
    self.epoch, self.epochs, duration(row.seconds), table.concat(parts, "  ")), self.bar and "\27[K\n" or "\n")
  self.out:flush()
end

--- A line of its own, outside the bar.
function Progress:say(text)
  if self.verbose == 0 then return end
  self.out:write(self.bar and "\r\27[K" or "", text, "\n")
  self.out:flush()
end

return Progress
