-- The house's rules, checked by reading the sources: who may know whom, one operation one file one line one spec, and
-- files that end before they need a scroll bar.
local lfs = require "lfs"

local function files_under(folder, ending, found)
  found = found or {}
  if lfs.attributes(folder, "mode") ~= "directory" then return found end
  for name in lfs.dir(folder) do
    local path = folder .. "/" .. name
    if name:sub(1, 1) ~= "." then
      if lfs.attributes(path, "mode") == "directory" then
        files_under(path, ending, found)
      elseif name:match(ending) then
        found[#found + 1] = path
      end
    end
  end
  table.sort(found)
  return found
end

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

local function exists(path) return lfs.attributes(path, "mode") == "file" end

-- Fails with all offences, not the first.
local function none(offences, what)
  assert(#offences == 0, what .. ":\n  " .. table.concat(offences, "\n  "))
end

local c_files = files_under("src", "%.[ch]$")

describe("the C sources", function()
  -- Folder -> the folders whose headers it may include. The public header is everyone's.
  local may_know = {
    core = { core = true },
    kernel = { core = true, kernel = true },
    op = { core = true, kernel = true, op = true },
    io = { core = true, io = true },
    bind = { core = true, kernel = true, op = true, io = true, bind = true },
    program = { program = true },
    ["main.c"] = { bind = true, core = true, kernel = true, program = true },
  }

  it("include only what lies below them", function()
    local offences = {}
    for _, path in ipairs(c_files) do
      local place = path:match("^src/([^/]+)")
      if place ~= "aelua.h" then
        local known = may_know[place]
        assert(known, "src/" .. place .. " has no place in the layering")
        for header in read(path):gmatch('#%s*include%s+"([^"]+)"') do
          local folder = header:match("^([^/]+)/")
          if header ~= "aelua.h" and not (folder and known[folder]) then
            offences[#offences + 1] = ("%s includes %s"):format(path, header)
          end
        end
      end
    end
    none(offences, "includes against the layering")
  end)

  it("include each other by their path under src", function()
    local offences = {}
    for _, path in ipairs(c_files) do
      for header in read(path):gmatch('#%s*include%s+"([^"]+)"') do
        if not exists("src/" .. header) then offences[#offences + 1] = ("%s includes %s"):format(path, header) end
      end
    end
    none(offences, "headers that are not under src")
  end)

  it("know of Lua in src/bind and src/main.c alone", function()
    local offences = {}
    for _, path in ipairs(c_files) do
      if not path:match("^src/bind/") and path ~= "src/main.c" then
        for header in read(path):gmatch("#%s*include%s+[<\"]([^>\"]+)[>\"]") do
          if header == "lua.h" or header == "lauxlib.h" or header == "lualib.h" then
            offences[#offences + 1] = path .. " includes " .. header
          end
        end
      end
    end
    none(offences, "Lua's headers outside the binding")
  end)

  it("say at their top what they are", function()
    local offences = {}
    for _, path in ipairs(c_files) do
      local header_beside = path:gsub("%.c$", ".h")
      local told_in_header = path:match("%.c$") and exists(header_beside)
      if not told_in_header and not read(path):match("^/%*") then offences[#offences + 1] = path end
    end
    none(offences, "files that open without a comment")
  end)
end)

describe("operations", function()
  local listed, in_order = {}, true
  local previous = ""
  for name in read("src/op/ops.def"):gmatch("\nAE_OP%(([%w_]+)%)") do
    listed[#listed + 1] = name
    in_order = in_order and previous < name
    previous = name
  end

  local defined_in = {}
  for _, path in ipairs(files_under("src/op", "%.c$")) do
    local text = read(path)
    for name in text:gmatch("const%s+ae_op%s+ae_op_([%w_]+)%s*=") do defined_in[name] = path end
    for name in text:gmatch("\n%u[%u%d_]+%(%s*([%l%d_]+),") do defined_in[name] = defined_in[name] or path end
  end

  it("stand in ops.def in alphabetical order, once each", function() assert.is_true(in_order) end)

  it("have a C file and a spec of its name", function()
    local offences = {}
    for _, name in ipairs(listed) do
      local path = defined_in[name]
      if path then
        local spec = path:gsub("^src/(.*)%.c$", "spec/%1_spec.lua")
        if not exists(spec) then offences[#offences + 1] = ("%s (%s) wants %s"):format(name, path, spec) end
      end
    end
    none(offences, "operations without a spec")
  end)
end)

describe("the Lua sources", function()
  local lua_files = files_under("lua/aelua", "%.lua$")
  -- What lies below a part and may be required there; all else a part wants of its fellows is handed in by init.lua.
  local below = { nn = { dist = true } }

  it("of one part require only base, the core, their own and what lies below", function()
    local offences = {}
    for _, path in ipairs(lua_files) do
      local folder = path:match("^lua/aelua/([^/]+)/")
      if folder then
        for module in read(path):gmatch("require%s*%(?%s*[\"']([^\"']+)[\"']") do
          local other = module:match("^aelua%.([^.]+)")
          local known = other == folder or other == "base" or other == "core" or (below[folder] and below[folder][other])
          if not known then
            offences[#offences + 1] = ("%s requires %s"):format(path, module)
          end
        end
      end
    end
    none(offences, "requires across the house")
  end)

  it("require only what is embedded or Lua's own", function()
    local offences = {}
    for _, path in ipairs(lua_files) do
      for module in read(path):gmatch("require%s*%(?%s*[\"']([^\"']+)[\"']") do
        local file = "lua/" .. module:gsub("%.", "/")
        local known = module == "aelua" or module == "aelua.core" or exists(file .. ".lua")
          or exists(file .. "/init.lua")
        if not known then offences[#offences + 1] = ("%s requires %s"):format(path, module) end
      end
    end
    none(offences, "requires of what is not there")
  end)
end)

describe("files", function()
  it("end within 400 lines", function()
    local offences = {}
    for _, folder in ipairs { "src", "lua", "spec" } do
      for _, path in ipairs(files_under(folder, folder == "src" and "%.[ch]$" or "%.lua$")) do
        local _, lines = read(path):gsub("\n", "\n")
        if lines > 400 and not path:match("/meta/") then offences[#offences + 1] = ("%s: %d"):format(path, lines) end
      end
    end
    none(offences, "longer than 400 lines")
  end)

  it("name no place of one machine and leave nothing to do", function()
    -- Put together, so that this file passes its own test.
    local marks = { "TO" .. "DO", "FIX" .. "ME", "XX" .. "X", "HA" .. "CK" }
    local homes = { "home", "root" }
    local offences = {}
    for _, folder in ipairs { "src", "lua", "spec", "examples" } do
      for _, path in ipairs(files_under(folder, "%.[chl][ua]*$")) do
        local text = read(path)
        for _, mark in ipairs(marks) do
          if text:find(mark, 1, true) then offences[#offences + 1] = path .. ": " .. mark end
        end
        for _, home in ipairs(homes) do
          if text:find("[^%w_.]/" .. home .. "/") then offences[#offences + 1] = path .. ": /" .. home end
        end
      end
    end
    none(offences, "loose ends")
  end)
end)
