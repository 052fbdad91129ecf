local ae = require "aelua"
local core = require "aelua.core"
local errors = require "aelua.base.errors"
local fails = require "spec.support.fails"

describe("errors as values", function()
  local here = debug.getinfo(1, "S").short_src

  local function line() return debug.getinfo(2, "l").currentline end

  it("have a code, a message, a position and a traceback", function()
    local at
    local err = fails("shape", "do not broadcast", function()
      at = line() + 1
      return ae.tensor { 1, 2 } + ae.tensor { 1, 2, 3 }
    end)
    assert.equal(("%s:%d"):format(here, at), err.where)
    assert.equal(err.where .. ": " .. err.message, tostring(err))
    assert.truthy(err.traceback:find("stack traceback", 1, true))
    assert.equal("failed: " .. tostring(err), "failed: " .. err)
  end)

  it("name the script's line where aelua's own Lua found the fault", function()
    local at
    local err = fails("type", "zeros_like", function()
      at = line() + 1
      ae.zeros_like(3)
    end)
    assert.equal(("%s:%d"):format(here, at), err.where)
  end)

  it("take a level as error does", function()
    local function check() errors.raise("invalid", "no good", 2) end
    local at
    local err = fails("invalid", "no good", function()
      at = line() + 1
      check()
    end)
    assert.equal(("%s:%d"):format(here, at), err.where)
  end)

  it("refuse codes that are none", function()
    fails("invalid", "no error code 'bogus'", function() core.raise("bogus", "text") end)
  end)

end)
