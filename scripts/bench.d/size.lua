--- How much the installed files take, with the shared libraries that the program loads, beside the peers' packages.
local ae = require "aelua"
local figures = require "figures"

local M = {}

local function quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local function content(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read "a"
  file:close()
  return text
end

local function file_size(path)
  local file = assert(io.open(path, "rb"))
  local size = file:seek "end"
  file:close()
  return size
end

-- Installing writes a list of files into the build folder, by which an installation is taken away again: that stays as it
-- was.
local function keeping(path, fn)
  local before = content(path)
  local result = fn()
  if before then
    local file = assert(io.open(path, "wb"))
    file:write(before)
    file:close()
  else
    os.remove(path)
  end
  return result
end

-- Bytes that `cmake --install` of a build folder puts down; nil where it is none, or not all is built.
local function installed(folder)
  if not content(folder .. "/cmake_install.cmake") then return nil end
  local prefix = os.tmpname()
  os.remove(prefix)
  return keeping(folder .. "/install_manifest.txt", function()
    local done = os.execute(("cmake --install %s --prefix %s > /dev/null 2>&1"):format(quoted(folder), prefix))
    local sum = 0
    if done then
      local pipe = assert(io.popen(("find %s -type f -printf '%%s\\n'"):format(prefix)))
      for size in pipe:lines() do sum = sum + math.tointeger(size) end
      pipe:close()
    end
    os.execute("rm -rf " .. prefix)
    return done and sum or nil
  end)
end

-- The sizes of all shared libraries in this process, which is the program's: those of the linker, and OpenBLAS and oneDNN,
-- which it opens itself.
local function libraries()
  ae.kernels()
  local known = { sum = 0, blas = 0, onednn = 0 }
  for line in io.lines "/proc/self/maps" do
    local path = line:match "%s(/%S+%.so%S*)$"
    if path and not known[path] then
      known[path] = true
      local size = file_size(path)
      known.sum = known.sum + size
      if path:find("blas", 1, true) then known.blas = known.blas + size
      elseif path:find("dnnl", 1, true) then known.onednn = known.onednn + size end
    end
  end
  return known
end

local function megabytes(bytes) return bytes / 1e6 end

-- What size.py says of packages: all bytes, and those without what is for graphics cards alone.
local function peer(python, packages)
  local pipe = assert(io.popen(("%s scripts/bench.d/size.py %s 2> /dev/null"):format(python, packages)))
  local all, without = (pipe:read "l" or ""):match "^(%d+) (%d+)$"
  pipe:close()
  return tonumber(all), tonumber(without)
end

--- Prints the sizes.
---@param o { program: string, python: string? }
function M.print(o)
  local program, folder = file_size(o.program), o.program:match "^(.*)/" or "."
  local whole, loaded = installed(folder), libraries()
  local ours = (whole or program) + loaded.sum
  print "\nsize, MB"
  figures.line("  %-24s %8.1f: %s %.1f, shared libraries %.1f (OpenBLAS %.1f, oneDNN %.1f)", "aelua", megabytes(ours),
    whole and ("installed files (the program %.1f)"):format(megabytes(program)) or "the program",
    megabytes(whole or program), megabytes(loaded.sum), megabytes(loaded.blas), megabytes(loaded.onednn))
  for _, one in ipairs(o.python and { { "PyTorch", "torch" }, { "Keras", "keras tensorflow tensorflow-cpu" } } or {}) do
    local all, without = peer(o.python, one[2])
    if all then
      figures.line("  %-24s %8.1f, %.1f times as much%s", one[1], megabytes(all), all / ours, without == all and "" or
        ("; without what is for graphics cards alone %.1f, %.1f times"):format(megabytes(without), without / ours))
    end
  end
end

return M
