local ae = require "aelua"
local fails = require "spec.support.fails"
local options = require "aelua.base.options"

local declared = {
  size = { type = "integer", default = 3, min = 1, max = 9 },
  rate = { type = "number", above = 0, finite = true },
  mode = { type = "string", choices = { "least", "most" } },
  path = { type = { "string", "table" }, required = true },
}

local function check(given, has_list) return options.check("thing", given, declared, has_list) end

describe("options", function()
  it("fill in defaults and leave what was given alone", function()
    local given = { path = "p" }
    assert.same({ path = "p", size = 3 }, check(given))
    assert.same({ path = "p" }, given)
  end)
  it("name what is unknown, and the nearest that exists", function()
    fails("invalid", "thing has no option 'sise'; did you mean 'size'?", function() check { sise = 1, path = "" } end)
    fails("invalid", "thing: mode wants one of least, most, got 'mots'; did you mean 'most'?", function()
      check { mode = "mots", path = "" }
    end)
  end)
  it("take no value without a name, unless the list is the caller's", function()
    fails("invalid", "thing wants options by name, got a value 1 without a name", function() check { 5, path = "" } end)
    fails("invalid", "key of type boolean", function() check({ [true] = 1, path = "" }, true) end)
    assert.equal("p", check({ 5, path = "p" }, true).path)
  end)
  it("hold values to their type and range", function()
    fails("invalid", "thing: size wants integer, got 1.5 (number)", function() check { size = 1.5, path = "" } end)
    fails("invalid", "thing: size wants at least 1, got 0", function() check { size = 0, path = "" } end)
    fails("invalid", "thing: size wants at most 9, got 10", function() check { size = 10, path = "" } end)
    fails("invalid", "thing: rate wants more than 0, got 0", function() check { rate = 0, path = "" } end)
    fails("invalid", "thing: rate wants a number, not nan", function() check { rate = 0 / 0, path = "" } end)
    fails("invalid", "thing: rate wants a finite number, got inf", function() check { rate = math.huge, path = "" } end)
    fails("invalid", "thing: path wants string or table, got true (boolean)", function() check { path = true } end)
    fails("invalid", "thing wants the option 'path'", function() check {} end)
    fails("invalid", "thing wants a table of options, got string", function() check "path" end)
  end)
  it("say what came in place of a table of options", function()
    fails("invalid", "thing wants a table of options, got a tensor", function() check(ae.ones(2)) end)
    fails("invalid", "thing wants a table of options, got a Dataset", function() check(ae.data.dataset(ae.ones(2))) end)
    fails("invalid", "thing wants a table of options, got an AvgPool2d", function() check(ae.nn.AvgPool2d(2)) end)
    fails("invalid", "got a table with a metatable", function() check(setmetatable({ path = "" }, {})) end)
    fails("invalid", "got number; more", function() options.check_table("thing", 3, "; more") end)
  end)
  it("name arguments that nobody would look at", function()
    assert.is_nil(options.no_more("thing", "a rate"))
    fails("invalid", "thing takes a rate, got a further table", function() options.no_more("thing", "a rate", {}) end)
  end)
end)
