--- Names and their misspellings: the nearest known name to an unknown one, and
--- tables that raise on a name they do not have.
local errors = require "aelua.base.errors"

local M = {}

--- Edit distance (Damerau-Levenshtein, restricted to adjacent swaps).
---@param a string
---@param b string
---@return integer
local function distance(a, b)
  local before, previous = nil, {}
  for j = 0, #b do previous[j] = j end
  for i = 1, #a do
    local current = { [0] = i }
    for j = 1, #b do
      local cost = a:byte(i) == b:byte(j) and 0 or 1
      local best = math.min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + cost)
      if before and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
        best = math.min(best, before[j - 2] + 1)
      end
      current[j] = best
    end
    before, previous = previous, current
  end
  return previous[#b]
end

--- The known name nearest to `name`, or nil where none is near.
---@param name any
---@param known table a list of names, or a table whose string keys are the names
---@return string?
function M.nearest(name, known)
  if type(name) ~= "string" then return nil end
  local candidates = {}
  for key, value in pairs(known) do
    local candidate = type(key) == "string" and key or value
    if type(candidate) == "string" then candidates[#candidates + 1] = candidate end
  end
  table.sort(candidates)
  local best, best_distance = nil, math.max(1, #name // 3) + 1
  for _, candidate in ipairs(candidates) do
    local d = distance(name:lower(), candidate:lower())
    if d < best_distance then best, best_distance = candidate, d end
  end
  return best
end

--- "; did you mean `x`?" or "".
---@param name any
---@param known table
---@return string
function M.hint(name, known)
  local near = M.nearest(name, known)
  return near and ("; did you mean '%s'?"):format(near) or ""
end

--- Makes `namespace` raise on reading a name it does not have.
---@generic T: table
---@param namespace T
---@param title string how messages call it, for example "optim"
---@return T namespace
function M.strict(namespace, title)
  return setmetatable(namespace, {
    __name = title,
    __index = function(t, key)
      if type(key) ~= "string" then return nil end
      errors.raise("invalid", ("%s has no '%s'%s"):format(title, key, M.hint(key, t)), 2)
    end,
  })
end

return M
