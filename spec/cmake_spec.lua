-- Options of the build that cannot be: the configuration says so, and what is taken.
local lfs = require "lfs"

local function configure(settings)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  assert(file:write("cmake_minimum_required(VERSION 3.25)\nset(CMAKE_C_COMPILER cc)\n", settings, "\ninclude(",
    lfs.currentdir(), "/scripts/cmake/check_options.cmake)\nmessage(STATUS taken)\n"))
  file:close()
  local pipe = assert(io.popen("cmake -P " .. path .. " 2>&1"))
  local said = pipe:read("a"):gsub("%s+", " ")
  pipe:close()
  os.remove(path)
  return said
end

describe("the build", function()
  it("takes what there is", function()
    assert.matches("taken", configure "set(AELUA_SANITIZE address undefined)\nset(AELUA_ISA native)")
  end)

  it("refuses an instruction set, a library and sanitizers that there are not", function()
    assert.matches("AELUA_ISA wants what the compiler takes as %-march %(native, x86%-64%-v3, ...%), got 'pentium99'",
      configure "set(AELUA_ISA pentium99)")
    assert.matches("AELUA_OPENBLAS wants the full path of OpenBLAS's shared library, which '/no/such.so' is not",
      configure "set(AELUA_OPENBLAS /no/such.so)")
    assert.matches("AELUA_SANITIZE wants a list of address, undefined, leak, thread, separated by semicolons, got 'adress'",
      configure "set(AELUA_SANITIZE adress)")
    assert.matches("thread goes neither with address nor with leak", configure "set(AELUA_SANITIZE address thread)")
  end)
end)
