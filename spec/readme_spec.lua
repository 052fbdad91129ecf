-- The README's Lua blocks run as they stand, in a folder of their own.
local lfs = require "lfs"

local function blocks_of(path)
  local file <close> = assert(io.open(path))
  local blocks = {}
  for block in file:read("a"):gmatch("```lua\n(.-)```") do blocks[#blocks + 1] = block end
  return blocks
end

describe("the README", function()
  local home, folder = lfs.currentdir(), os.tmpname()
  local said

  setup(function()
    os.remove(folder)
    assert(lfs.mkdir(folder))
    assert(lfs.chdir(folder))
  end)

  teardown(function()
    for name in lfs.dir(folder) do os.remove(folder .. "/" .. name) end
    lfs.chdir(home)
    lfs.rmdir(folder)
  end)

  before_each(function() said = {} end)

  local function quiet_environment()
    return setmetatable({ print = function(...) said[#said + 1] = table.pack(...) end }, { __index = _G })
  end

  for i, block in ipairs(blocks_of("README.md")) do
    it("has a block " .. i .. " that runs", function()
      assert(load(block, "=README", "t", quiet_environment()))()
      assert.is_true(#said > 0)
    end)
  end

  it("leaves the files that it names", function()
    for _, name in ipairs { "reconstructions.png", "loss.svg", "dense.safetensors" } do
      assert.equal("file", lfs.attributes(folder .. "/" .. name, "mode"))
    end
  end)
end)
