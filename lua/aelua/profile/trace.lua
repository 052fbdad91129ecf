--- A profile in the trace event format of Chrome (chrome://tracing, https://ui.perfetto.dev): an object with a list of
--- complete events, times in microseconds. Calls inside calls are shown below them.
--- Source: Trace Event Format, Google, section "Complete Events".
local core = require "aelua.core"

-- As text in microseconds, with a point in every locale.
local function microseconds(seconds)
  local nanoseconds = math.floor(seconds * 1e9 + 0.5)
  return ("%d.%03d"):format(nanoseconds // 1000, nanoseconds % 1000)
end

---@param measured table what core.profile gave, with events
---@return string JSON
return function(measured)
  local heads = {}
  for i, row in ipairs(measured.rows) do
    heads[i] = ('{"ph":"X","pid":1,"tid":1,"name":%s,"cat":"%s","args":{"shapes":%s}'):format(
      core.json.encode(row.name), row.back and "backward" or "forward", core.json.encode(row.shapes))
  end
  local events, lines = measured.events, {}
  for i = 1, #events, 3 do
    lines[#lines + 1] = ('%s,"ts":%s,"dur":%s}'):format(heads[events[i]], microseconds(events[i + 1]),
      microseconds(events[i + 2]))
  end
  return '{"displayTimeUnit":"ms","traceEvents":[\n' .. table.concat(lines, ",\n") .. "\n]}\n"
end
