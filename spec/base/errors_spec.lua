local ae = require "aelua"
local errors = require "aelua.base.errors"

describe("errors", function()
  it("show values, and of what has no text the kind", function()
    for value, text in pairs { [3] = "3", [0.5] = "0.5", x = "x", [true] = "true", [{}] = "table", [print] = "function" } do
      assert.equal(text, errors.shown(value))
    end
    assert.equal("nil", errors.shown(nil))
    assert.equal("a tensor", errors.shown(ae.ones(2)))
    assert.equal("a Dense", errors.shown(ae.nn.Dense(2)))
    assert.equal("an Adam", errors.shown(ae.optim.Adam()))
    assert.equal("a class Dense; call it: Dense(...)", errors.shown(ae.nn.Dense))
    assert.equal("a table with a metatable", errors.shown(setmetatable({}, {})))
  end)

  it("hold no addresses, whatever a class is made of", function()
    local wrong = { print, {}, { {} }, { {}, print }, ae.ones(2), ae.nn.Dense(2) }
    for _, part in ipairs { "nn", "optim", "schedule", "dist", "latent" } do
      for name, class in pairs(ae[part]) do
        for _, value in ipairs(type(class) == "table" and getmetatable(class) and wrong or {}) do
          for _, arguments in ipairs { { value }, { 2, value } } do
            local ok, failure = pcall(class, table.unpack(arguments))
            local text = not ok and tostring(failure) or ""
            assert(not text:find("0x%x%x%x"), ("%s.%s: %s"):format(part, name, text))
          end
        end
      end
    end
  end)
end)
