-- The tests' own script, as far as it can be asked without running them.
describe("scripts/test", function()
  it("says on standard output what it takes", function()
    for _, option in ipairs { "--help", "-h", "style --help" } do
      local pipe = assert(io.popen("scripts/test " .. option))
      local text = pipe:read("a")
      assert.is_true((pipe:close()))
      assert.matches("^test %[VARIANT...%]: .*\n  sanitize ", text)
    end
  end)
end)
