local ae = require "aelua"
local core = require "aelua.core"
local fails = require "spec.support.fails"

describe("ae", function()
  it("names what is near to a name that it does not have", function()
    fails("invalid", "ae has no 'zeroes'; did you mean 'zeros'?", function() return ae.zeroes end)
    fails("invalid", "ae has no 'otpim'; did you mean 'optim'?", function() return ae.otpim end)
    fails("invalid", "ae has no 'quaternion'", function() return ae.quaternion end)
    assert.is_nil(ae[1])
  end)

  it("has every operation that is not internal", function()
    for name in pairs(core.functions) do assert.equal("function", type(ae[name]), name) end
  end)

  it("says its version and what it computes in", function()
    assert.truthy(ae.version:match("^%d+%.%d+%.%d+$"))
    assert.truthy(ae.real == "f32" or ae.real == "f64")
  end)

  it("loads its parts when they are asked for", function()
    local program = arg[-1] or "aelua"
    local i = -1
    while arg[i] do program, i = arg[i], i - 1 end
    local script = 'local ae = require "aelua"'
      .. ' print(package.loaded["aelua.nn"], ae.nn == package.loaded["aelua.nn"], rawget(ae, "nn") == ae.nn)'
    local pipe = assert(io.popen(("%s -e '%s'"):format(program, script)))
    assert.equal("nil\ttrue\ttrue", pipe:read("l"))
    pipe:close()
  end)

  it("lists all of itself", function()
    local found = {}
    for name in pairs(ae) do found[name] = true end
    for _, name in ipairs { "nn", "zeros", "Function", "gradcheck", "scope" } do assert.is_true(found[name], name) end
  end)
end)
