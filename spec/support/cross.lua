--- Numbers of one build held against those of another: the first run writes them (AELUA_RECORD=FILE), the second reads
--- them (AELUA_AGAINST=FILE). A line a list: its name, a tab, the numbers; long lists are thinned.
local M = {}

local LONG = 500

local record, against = os.getenv("AELUA_RECORD"), os.getenv("AELUA_AGAINST")

--- Whether either is asked for.
M.active = record ~= nil or against ~= nil

local function thin(values)
  if #values <= LONG then return values, 1 end
  local few, step = {}, #values // LONG | 1 -- odd: rows of even length are met in every column
  for i = 1, #values, step do few[#few + 1] = values[i] end
  return few, step
end

local written = {}

local function write(name, values)
  if written[name] then return end
  written[name] = true
  local texts = {}
  for i, value in ipairs(values) do texts[i] = ("%.17g"):format(value) end
  local file <close> = assert(io.open(record, "a"))
  assert(file:write(name, "\t", table.concat(texts, " "), "\n"))
end

local specials = { nan = 0 / 0, ["-nan"] = 0 / 0, inf = math.huge, ["-inf"] = -math.huge }
local recorded

local function read(name)
  if not recorded then
    recorded = {}
    for line in io.lines(against) do
      local key, texts = line:match("^(.-)\t(.*)$")
      recorded[key] = texts
    end
  end
  local texts, values = recorded[name], {}
  if not texts then error("the other build has no values for " .. name) end
  for text in texts:gmatch("%S+") do values[#values + 1] = specials[text] or tonumber(text) end
  return values
end

--- Writes the values under the name, the first time that it comes, or fails where one is further from the other
--- build's than `ulps` units of 2^-23 of the larger of the other build's value and the mean magnitude of them all.
---@param name string
---@param values number[]
---@param ulps number
function M.check(name, values, ulps)
  local step
  values, step = thin(values)
  if record then return write(name, values) end
  local wanted, sum, finite = read(name), 0, 0
  assert(#values == #wanted, ("%s: wants %d values, got %d"):format(name, #wanted, #values))
  for _, want in ipairs(wanted) do
    if math.abs(want) < math.huge then sum, finite = sum + math.abs(want), finite + 1 end
  end
  local mean = finite > 0 and sum / finite or 0
  for i, want in ipairs(wanted) do
    local got = values[i]
    local unit = 2.0 ^ -23 * math.max(math.abs(want), mean)
    local same = got == want or (got ~= got and want ~= want) or math.abs(got - want) <= ulps * unit
    if not same then
      error(("%s: element %d is %.9g here, %.9g there: %.1f units apart"):format(name, (i - 1) * step + 1, got, want,
        math.abs(got - want) / unit))
    end
  end
end

return M
