--- Specs that read and write files: a folder of their own, bytes, errors.
local lfs = require "lfs"
local luassert = require "luassert"

local M = {}

--- A new folder, removed by `remove`.
---@return string
function M.folder()
  local path = os.tmpname()
  os.remove(path)
  assert(lfs.mkdir(path))
  return path
end

--- Removes a folder and what is in it.
function M.remove(path)
  for name in lfs.dir(path) do
    if name ~= "." and name ~= ".." then
      local inner = path .. "/" .. name
      if lfs.symlinkattributes(inner, "mode") == "directory" then M.remove(inner) else os.remove(inner) end
    end
  end
  lfs.rmdir(path)
end

function M.write(path, bytes)
  local file <close> = assert(io.open(path, "wb"))
  file:write(bytes)
  return path
end

function M.read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

--- The names in a folder, sorted.
function M.list(path)
  local names = {}
  for name in lfs.dir(path) do
    if name ~= "." and name ~= ".." then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

--- Checks that fn(...) raises an error of the given code whose message has all of `says`.
---@param code string
---@param says string|string[]
function M.refuses(code, says, fn, ...)
  local ok, failure = pcall(fn, ...)
  luassert.is_false(ok, "wanted an error: " .. tostring(type(says) == "table" and says[1] or says))
  luassert.equal("table", type(failure), tostring(failure))
  luassert.equal(code, failure.code, tostring(failure))
  for _, part in ipairs(type(says) == "table" and says or { says }) do
    luassert.is_truthy(failure.message:find(part, 1, true), ("'%s' has no '%s'"):format(failure.message, part))
  end
end

--- Whether the values of a tensor are those of a nested table or tensor.
function M.same(wanted, t)
  luassert.same(type(wanted) == "table" and wanted or wanted:totable(), t:totable())
end

M.fixtures = "spec/fixtures/io/"

return M
