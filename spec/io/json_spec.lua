require "aelua"
local core = require "aelua.core"
local files = require "spec.support.files"
local json = core.json

describe("JSON", function()
  local function round(value) return json.decode(json.encode(value)) end

  it("comes back as it went", function()
    local value = {
      list = { 1, 2, 3 }, nested = { { a = true }, { b = false, c = { "x", "\u{e9}\n\"\\" } } }, [""] = "empty key",
      tiny = 5e-324, large = 1.7976931348623157e308, tenth = 0.1, third = 1 / 3, negative = -7, null = json.null,
    }
    assert.same(value, round(value))
    for _, number in ipairs { 0.1, 1 / 3, 1e21, 123456.789e-200, 2 ^ 53, -(2.0 ^ 60), 1e-7 } do
      assert.equal(number, round(number))
    end
  end)

  it("keeps integers up to 2^53", function()
    for _, number in ipairs { 0, -1, 1 << 31, 1 << 53, -(1 << 53) } do
      assert.equal(number, round(number))
      assert.equal("integer", math.type(round(number)))
    end
    assert.equal("3.0", json.encode(3.0))
    assert.equal("-0.0", json.encode(-0.0))
    files.refuses("invalid", "9007199254740993 is larger than 2^53", json.encode, (1 << 53) + 1)
    files.refuses("invalid", "larger than 2^53", json.encode, math.mininteger)
  end)

  it("tells arrays from objects", function()
    assert.equal("[1,2]", json.encode { 1, 2 })
    assert.equal("{}", json.encode {})
    assert.equal("[]", json.encode(json.array {}))
    assert.equal("[]", json.encode(json.decode "[]"))
    assert.equal('{"a":{},"b":[]}', json.encode(json.decode '{"b":[],"a":{}}'))
    files.refuses("invalid", "both numbers and strings", json.encode, { 1, a = 2 })
    files.refuses("invalid", "keys 1..n or strings", json.encode, { [1.5] = 2 })
    files.refuses("invalid", "keys 1..n or strings", json.encode, { [3] = 2 })
    files.refuses("invalid", "holes or string keys", json.encode, json.array { a = 1 })
  end)

  it("is written in one order", function()
    assert.equal('{"A":1,"a":2,"b":3}', json.encode { b = 3, a = 2, A = 1 })
    assert.is_truthy(json.encode({ a = 1 }, { indent = true }):find("\n\t\"a\""))
  end)

  it("has no nan, functions, tables in circles or bytes that are no text", function()
    files.refuses("invalid", "JSON has no nan", json.encode, 0 / 0)
    files.refuses("invalid", "JSON has no infinity", json.encode, { x = -math.huge })
    files.refuses("invalid", "JSON has no a function", json.encode, print)
    files.refuses("invalid", "not valid UTF-8", json.encode, "\xff")
    files.refuses("invalid", "not valid UTF-8", json.encode, { ["\xed\xa0\x80"] = 1 })
    files.refuses("invalid", "zero byte", json.encode, "a\0b")
    local circle = {}
    circle[1] = circle
    files.refuses("invalid", "more than 100 deep", json.encode, circle)
  end)

  it("that is damaged is refused", function()
    for _, text in ipairs { "", "{", "[1,]", "[1 2]", '{"a"}', "{'a':1}", "nul", "1 2", '"\\x"', "[1]]", "\xff", "+1", "--1" } do
      files.refuses("format", "no valid JSON at byte", json.decode, text)
    end
    files.refuses("format", "the key 'a' is there twice", json.decode, '{"a":1,"a":2}')
    files.refuses("format", "too large", json.decode, "1e999")
    files.refuses("unsupported", "zero byte", json.decode, '"a\\u0000b"')
    files.refuses("unsupported", "zero byte", json.decode, "1\0")
    assert.equal("\\u0000", json.decode('"\\\\u0000"'))
    files.refuses("format", "JSON", json.decode, ("["):rep(5000) .. ("]"):rep(5000))
    files.refuses("format", "more than 100 levels", json.decode, ("["):rep(200) .. ("]"):rep(200))
    files.refuses("invalid", "wants a string, got nothing", json.decode)
    files.refuses("unsupported", "at most", json.decode, (" "):rep((1 << 24) + 1))
  end)

  it("does not depend on the locale", function()
    if not os.setlocale("de_DE.UTF-8") then return end
    local text, value = json.encode { 0.5, 1e-7, 3.0 }, json.decode "[0.5,1.25e1]"
    os.setlocale("C")
    assert.equal("[0.5,1e-07,3.0]", text)
    assert.same({ 0.5, 12.5 }, value)
  end)
end)
