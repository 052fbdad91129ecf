-- Every operation of the registry has, in the spec of its C file's name: known values, a gradient check (or its
-- descriptor says why it has no gradient), and a comparison of the float build with the double one. What a spec has is
-- what it asks of spec/support/op.lua, or states with op.covers.
require "aelua"
local core = require "aelua.core"
local lfs = require "lfs"
local op = require "spec.support.op"

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

-- Operation -> its C file. Definitions are `const ae_op ae_op_NAME = {`, or a macro at the margin: AE_UNARY(NAME, ...
local function read_definitions()
  local file_of = {}
  for entry in lfs.dir("src/op") do
    local file = entry:match("^(.+)%.c$")
    if file and file ~= "registry" then
      local text = "\n" .. read("src/op/" .. entry)
      for name in text:gmatch("const%s+ae_op%s+ae_op_([%w_]+)%s*=") do file_of[name] = file end
      for name in text:gmatch("\n%u[%u%d_]+%(%s*([%l%d_]+)") do file_of[name] = file_of[name] or file end
    end
  end
  return file_of
end

-- Loads a spec without running its tests; what it asked of spec.support.op is then in op.covered.
local function load_spec(path)
  local function ignore() end
  local function run(_, body) body() end
  local stubs = {
    describe = run, context = run, insulate = run, expose = run, it = ignore, pending = ignore, finally = ignore,
    setup = ignore, teardown = ignore, lazy_setup = ignore, lazy_teardown = ignore, before_each = ignore,
    after_each = ignore, strict_setup = ignore, strict_teardown = ignore,
  }
  local chunk = assert(loadfile(path, "t", setmetatable(stubs, { __index = _G })))
  chunk()
end

describe("the operations' specs", function()
  local file_of = read_definitions()
  local covered = {} -- file -> what its spec has for each operation
  op.collecting = true
  for _, file in pairs(file_of) do
    local path = ("spec/op/%s_spec.lua"):format(file)
    if not covered[file] and lfs.attributes(path, "mode") == "file" then
      op.covered = {}
      load_spec(path)
      covered[file] = op.covered
    end
  end
  op.collecting = false

  local function missing(what, needed)
    local names = {}
    for _, name in ipairs(core.operations()) do
      local file = file_of[name]
      local has = file and covered[file] and covered[file][name]
      if needed(core.describe(name)) and not (has and has[what]) then
        names[#names + 1] = ("%s (spec/op/%s_spec.lua)"):format(name, file or "?")
      end
    end
    return table.concat(names, "\n")
  end
  local function always() return true end

  it("have known values for every operation", function() assert.equal("", missing("values", always)) end)

  it("check the gradient of every operation that has one", function()
    assert.equal("", missing("gradient", function(descriptor) return not descriptor.no_gradient end))
  end)

  it("hold every operation of the float build against the double one", function()
    assert.equal("", missing("compared", always))
  end)
end)
