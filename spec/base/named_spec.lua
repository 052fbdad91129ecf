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

  it("that there are not raise", function()
    support.raises("x: no loss 'msee'; did you mean 'mse'", named.split, "x", "loss", "msee", known)
    support.raises("x: no loss boolean, really", named.split, "x", "loss", true, known, ", really")
  end)
end)
