--- What `ae.profile` found; prints as a table, the costliest rows first.
local class = require "aelua.base.class"

---@class aelua.ProfileRow
---@field operation string
---@field direction "forward"|"backward"
---@field shapes string? of the inputs: "[256, 784] [784, 32]"; where they were asked for
---@field calls integer
---@field seconds number of its own: without those of operations inside
---@field flops number multiplications and additions in all; 0 where the operation states none
---@field bytes number read and written in all, every tensor once a call
---@field share number of the whole time, 0 to 1

---@class aelua.Profile: aelua.Class
---@field rows aelua.ProfileRow[] the costliest first
---@field seconds number the whole time
---@field outside number seconds of it that were in no operation
---@field times integer how often the function was called
---@field lost integer calls that are in no row, as there was no memory to note them
local Profile = class("Profile")

-- The rows of one operation and direction as one.
local function merged(rows)
  local list, at = {}, {}
  for _, row in ipairs(rows) do
    local key = row.name .. (row.back and " backward" or " forward")
    local sum = at[key]
    if not sum then
      sum = { name = row.name, back = row.back, calls = 0, seconds = 0, flops = 0, bytes = 0 }
      at[key], list[#list + 1] = sum, sum
    end
    for _, field in ipairs { "calls", "seconds", "flops", "bytes" } do sum[field] = sum[field] + row[field] end
  end
  return list
end

-- `measured` is what core.profile gave.
function Profile:init(measured, options)
  self.seconds, self.times, self.lost, self.outside = measured.seconds, options.times, measured.lost, measured.seconds
  self.rows = {}
  for i, row in ipairs(options.shapes and measured.rows or merged(measured.rows)) do
    self.outside = self.outside - row.seconds
    self.rows[i] = {
      operation = row.name, direction = row.back and "backward" or "forward", shapes = row.shapes, calls = row.calls,
      seconds = row.seconds, flops = row.flops, bytes = row.bytes, share = row.seconds / measured.seconds,
    }
  end
  table.sort(self.rows, function(a, b)
    if a.seconds ~= b.seconds then return a.seconds > b.seconds end
    return a.operation .. a.direction .. (a.shapes or "") < b.operation .. b.direction .. (b.shapes or "")
  end)
end

-- Billions a second; nothing where there is nothing to tell.
local function rate(amount, seconds) return amount > 0 and seconds > 0 and ("%.1f"):format(amount / seconds / 1e9) or "" end

function Profile:line(name, direction, shapes, calls, sums)
  return {
    name, direction, shapes, calls and ("%.4g"):format(calls / self.times) or "",
    ("%.4f"):format(1e3 * sums.seconds / self.times), rate(sums.flops, sums.seconds), rate(sums.bytes, sums.seconds),
    ("%.1f%%"):format(100 * sums.seconds / self.seconds),
  }
end

local titles = { "operation", "direction", "shapes", "calls", "ms", "GF/s", "GB/s", "share" }
local to_the_left = { true, true, true }

local function table_text(lines, with_shapes)
  local widths = {}
  for _, line in ipairs(lines) do
    for i, cell in ipairs(line) do widths[i] = math.max(widths[i] or 0, #cell) end
  end
  local out = {}
  for _, line in ipairs(lines) do
    local cells = {}
    for i, cell in ipairs(line) do
      if i ~= 3 or with_shapes then
        cells[#cells + 1] = ("%" .. (to_the_left[i] and "-" or "") .. widths[i] .. "s"):format(cell)
      end
    end
    out[#out + 1] = table.concat(cells, "  "):match("^(.-)%s*$")
  end
  return table.concat(out, "\n")
end

function Profile:__tostring()
  local lines, sums, calls, with_shapes = { titles }, { seconds = self.seconds, flops = 0, bytes = 0 }, 0, false
  for _, row in ipairs(self.rows) do
    lines[#lines + 1] = self:line(row.operation, row.direction, row.shapes or "", row.calls, row)
    calls, sums.flops, sums.bytes = calls + row.calls, sums.flops + row.flops, sums.bytes + row.bytes
    with_shapes = with_shapes or row.shapes ~= nil
  end
  lines[#lines + 1] = self:line("outside", "", "", nil, { seconds = self.outside, flops = 0, bytes = 0 })
  lines[#lines + 1] = self:line("total", "", "", calls, sums)
  local text = table_text(lines, with_shapes)
  if self.times > 1 then text = text .. ("\nmeans of %d calls"):format(self.times) end
  if self.lost > 0 then text = text .. ("\ncalls that are missing, as there was no memory to note them: %d"):format(self.lost) end
  return text
end

return Profile
