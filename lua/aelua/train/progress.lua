--- What a run shows while it trains: on a terminal a bar with rate, time left
--- and loss, redrawn at most ten times a second; elsewhere one line an epoch.
local core = require "aelua.core"
local class = require "aelua.base.class"

local bar_width, redraw_seconds = 24, 0.1

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

function Progress:begin_epoch(epoch, batches)
  self.epoch, self.batches, self.began, self.drawn = epoch, batches, core.clock(), 0
end

function Progress:step(batch, loss)
  if not self.bar then return end
  local now = core.clock()
  if now - self.drawn < redraw_seconds and batch < self.batches then return end
  self.drawn = now
  local elapsed = math.max(now - self.began, 1e-9)
  local filled = bar_width * batch // self.batches
  local line = ("\rEpoch %d/%d [%s%s] %d/%d  %.0f it/s  ETA %s  loss %s"):format(self.epoch, self.epochs,
    ("#"):rep(filled), ("-"):rep(bar_width - filled), batch, self.batches, batch / elapsed,
    duration((self.batches - batch) * elapsed / batch), number(loss))
  local columns = core.terminal().columns
  if #line > columns then line = line:sub(1, columns) end
  self.out:write(line, "\27[K")
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
