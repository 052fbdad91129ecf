require "aelua"
local named = require "aelua.base.named"
local support = require "spec.support.nn"

describe("named things", function()
  local known = { mse = true, huber = true }

  it("are names, or names with options", function()
    assert.same({ "mse", {} }, { named.split("x", "loss", "mse", known) })
    assert.same({ "huber", { delta = 2 } }, { named.split("x", "loss", { "huber", delta = 2 }, known) })
    assert.same({ "huber", { delta = 2 } }, { named.split("x", "loss", { name = "huber", delta = 2 }, known) })
  end)

  it("go into files", function()
    assert.equal("mse", named.join("mse", {}))
    assert.same({ name = "huber", delta = 2 }, named.join("huber", { delta = 2 }))
    assert.equal("mse", named.normal("mse"))
    assert.equal("mse", named.normal { "mse" })
    assert.same({ name = "huber", delta = 2 }, named.normal { "huber", delta = 2 })
    assert.same({ name = "huber", delta = 2 }, named.normal { name = "huber", delta = 2 })
  end)

  it("have their options beside the name, where nothing is dropped", function()
    local function refuses(text, spec)
      support.raises("x: loss wants options beside the name, " .. text, named.split, "x", "loss", spec, known)
    end
    refuses('{ "huber", delta = 2 }, got table as value 2', { "huber", { delta = 2 } })
    refuses('{ "huber", option = value }, got number as value 2', { "huber", 2 })
    refuses('{ "huber", kind = "x" }, got table as value 3', { "huber", [3] = { kind = "x" } })
    support.raises("x: no loss a class Dense; call it: Dense%(...%)", named.split, "x", "loss", require "aelua".nn.Dense, known)
  end)

  it("that there are not raise", function()
    support.raises("x: no loss 'msee'; did you mean 'mse'", named.split, "x", "loss", "msee", known)
    support.raises("x: no loss boolean, really", named.split, "x", "loss", true, known, ", really")
  end)
end)
