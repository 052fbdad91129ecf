-- The program against Debian's own lua5.4: the same arguments must give the same output and exit status.
local lfs = require "lfs"

local program = arg and arg[-1] or "build/aelua"
for i = -2, -9, -1 do
  if arg and arg[i] then program = arg[i] end
end

local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local function write(path, text)
  local file <close> = assert(io.open(path, "w"))
  assert(file:write(text))
end

-- Runs `interpreter` with a list of arguments. o.input: standard input; o.env: variables.
-- Returns what it wrote to both outputs, its own name replaced, and its exit status.
local function run(interpreter, arguments, o)
  o = o or {}
  local input = os.tmpname()
  write(input, o.input or "")
  local words = { "env -u LUA_INIT -u LUA_INIT_5_4" }
  for name, value in pairs(o.env or {}) do words[#words + 1] = name .. "=" .. quote(value) end
  if o.before then words[#words + 1] = o.before end
  words[#words + 1] = quote(interpreter)
  for _, argument in ipairs(arguments) do words[#words + 1] = quote(argument) end
  local pipe = assert(io.popen(("%s <%s 2>&1; echo \"status $?\""):format(table.concat(words, " "), input)))
  local output = pipe:read("a")
  pipe:close()
  os.remove(input)
  local text, status = output:match("^(.*)status (%d+)\n$")
  text = text:gsub(interpreter:gsub("%p", "%%%0"), "PROGRAM"):gsub("0x%x+", "ADDRESS")
  return text, tonumber(status)
end

local _, has_lua = run("lua5.4", { "-v" })
local is_program = select(2, run(program, { "-e", "" })) == 0 and run(program, { "-v" }):find("aelua", 1, true)

local script = os.tmpname()
write(script, [[
#!/usr/bin/env lua
print(...)
for i = -6, 3 do print(i, arg[i]) end
]])

local function same(arguments, o)
  it("gives what lua gives for " .. (o and o.name or table.concat(arguments, " "):gsub("/tmp/[%w_]+", "SCRIPT")), function()
    local wanted, wanted_status = run("lua5.4", arguments, o)
    local text, status = run(program, arguments, o)
    assert.equal(wanted, text)
    assert.equal(wanted_status, status)
  end)
end

describe("the program", function()
  teardown(function() os.remove(script) end)

  if has_lua ~= 0 or not is_program then
    pending("needs lua5.4 beside it, and to be run by aelua")
    return
  end

  describe("running a script", function()
    same { script }
    same { script, "a", "b c", "" }
    same { "-e", "x = 1", script, "a" }
    same { "-lstring", "-W", "-E", "--", script, "-e" }
    same { "-", "a", "b", input = "" }
    same({ "-", "a", "b" }, { name = "- a b", input = "print(...) print(arg[0], arg[1], arg[-1])" })
    same({}, { name = "a program on standard input", input = "print(...) print(arg[0], #arg)" })
    same({}, { name = "a failing program on standard input", input = "error 'x'" })
    same({}, { name = "an incomplete program on standard input", input = "print(1" })
    same({ "--", "-" }, { name = "a file called -" })
    same { "no-such-file.lua" }
    same { "" }
    same { "-e", "arg = { 'z', 'y' }", script, "a" }
    same { "-e", "arg = 1", script, "a" }
  end)

  describe("with -e", function()
    same { "-e", "print(1)", "-eprint(2)", "-e", "return 5" }
    same { "-e", "error 'told'" }
    same { "-e", "local function f() error 'deep' end f()" }
    same { "-e", "error()" }
    same { "-e", "error {}" }
    same { "-e", "error(setmetatable({}, { __tostring = function() return 'a value' end }))" }
    same { "-e", "error(setmetatable({}, { __tostring = function() return 1 end }))" }
    same { "-e", "x =" }
    same { "-e", "coroutine.wrap(function() error 'inside' end)()" }
    same { "-e", "os.exit(3)" }
    same { "-e", "os.exit(false, true)" }
    same { "-e", "setmetatable({}, { __gc = function() print 'collected' end })" }
    same { "-e", "print(arg[0], arg[1], arg[2], #arg)" }
    same({ "-e", "print(2)" }, { name = "-e with something on standard input", input = "print(3)" })
  end)

  describe("with -l", function()
    same { "-l", "string", "-e", "print(string.rep('ab', 2))" }
    same { "-l", "s=string", "-e", "print(s.rep('ab', 2), s == string)" }
    same { "-ls=string", "-e", "print(s.rep('ab', 2))" }
    same { "-l", "no_such_module" }
    same({ "-l", "string" }, { name = "-l alone, then standard input", input = "print(1)" })
  end)

  describe("with -W, -E and the environment", function()
    same { "-W", "-e", "warn('a', 'b')" }
    same { "-e", "warn 'unseen'", "-W", "-e", "warn 'seen'" }
    same { "-W", "-e", "setmetatable({}, { __gc = function() error 'late' end })" }
    same({ "-e", "print(2)" }, { name = "LUA_INIT", env = { LUA_INIT = "print 'init'" } })
    same({ "-e", "print(2)" }, { name = "LUA_INIT=@file", env = { LUA_INIT = "@" .. script } })
    same({ "-e", "print(2)" }, { name = "LUA_INIT_5_4", env = { LUA_INIT = "print(0)", LUA_INIT_5_4 = "print(1)" } })
    same({ "-e", "print(2)" }, { name = "a failing LUA_INIT", env = { LUA_INIT = "error 'init'" } })
    same({ "-E", "-e", "print(2)" }, { name = "-E", env = { LUA_INIT = "print(1)", LUA_PATH = "nowhere" } })
    same({ "-e", "print(package.path)" }, { name = "LUA_PATH", env = { LUA_PATH = "here/?.lua;;" } })
    same({ "-E", "-e", "print(package.path, package.cpath)" }, { name = "-E and the paths", env = { LUA_PATH = "here" } })
  end)

  describe("given what it does not take", function()
    for _, bad in ipairs { "-x", "-e", "-l", "--version", "-vv", "-ii", "-Wx", "-Ex" } do
      it("names the offence in " .. bad .. " as lua does", function()
        local wanted, wanted_status = run("lua5.4", { bad })
        local text, status = run(program, { bad })
        assert.equal(wanted:match("^[^\n]*\n[^\n]*\n"), text:match("^[^\n]*\n[^\n]*\n"))
        assert.equal(wanted_status, status)
      end)
    end
    it("does not take an option for an option's argument", function()
      local text, status = run(program, { "-e", "-v" })
      assert.matches("^PROGRAM: '%-e' needs argument\n", text)
      assert.equal(1, status)
    end)
  end)

  describe("with -v", function()
    it("names Lua as lua does, then aelua and its kernels", function()
      local wanted = run("lua5.4", { "-v" })
      local text, status = run(program, { "-v" })
      assert.equal(wanted, text:sub(1, #wanted))
      assert.matches("\naelua %d+%.%d+%.%d+ %(%a+%)\n", text)
      for _, label in ipairs { "instructions", "threads", "BLAS", "oneDNN" } do
        assert.matches("\n  " .. label .. ": [^\n]+\n", text)
      end
      assert.equal(0, status)
    end)
    it("runs what follows, and nothing where nothing does", function()
      assert.matches("\n7\n$", (run(program, { "-v", "-e", "print(7)" })))
      assert.no.matches("unread", (run(program, { "-v" }, { input = "print 'unread'" })))
    end)
  end)

  describe("with -i", function()
    -- What is printed after the banner, without the closing line.
    local function talk(input, arguments)
      local text, status = run(program, arguments or { "-i" }, { input = input })
      assert.equal(0, status)
      return (text:gsub("^Lua [^\n]+\naelua [^\n]+\n", ""):gsub("\n$", ""))
    end
    it("prints the values of expressions", function()
      assert.equal("> 2\n> 2\t3\n> > 5\n> nil\n> ", talk "1 + 1\n=2, 3\nx = 5\nx\nnil")
    end)
    it("reads statements of several lines", function()
      assert.equal("> >> >> 1\n2\n> ", talk "for i = 1, 2 do\nprint(i)\nend\n")
    end)
    it("reports errors with a traceback and goes on", function()
      assert.matches("^> stdin:1: told\nstack traceback:\n.*\n> 7\n> $", talk "error 'told'\n7\n")
      assert.matches("^> stdin:1: syntax error near 'b'\n> $", talk "a b\n")
    end)
    it("shows the prompts that _PROMPT and _PROMPT2 say", function()
      assert.equal("> p p q 7\np ", talk "_PROMPT, _PROMPT2 = 'p ', 'q '\n\nif true then\nprint(7) end\n")
    end)
    it("says what print cannot print", function()
      assert.matches("error calling 'print' %(stdin:1: no%)",
        talk "setmetatable({}, { __tostring = function() error 'no' end })\n")
    end)
    it("runs the script first", function()
      assert.matches("^a\n.*> 3\n> $", talk("1 + 2\n", { "-i", script, "a" }))
    end)
    -- What the program shows at a terminal where the texts are typed, one after another.
    local function type_at_terminal(texts)
      local keys = {}
      for i, text in ipairs(texts) do
        keys[i] = "sleep 0.3; printf '%b' " .. quote((text:gsub(".", function(c) return ("\\0%03o"):format(c:byte()) end)))
      end
      -- exec: a shell that stayed between would take the terminal's signals too.
      local pipe = assert(io.popen(("{ %s; sleep 0.3; } | script -qec %s /dev/null; echo status $?"):format(
        table.concat(keys, "; "), quote("exec " .. quote(program)))))
      local shown = pipe:read("a"):gsub("\r", "")
      pipe:close()
      return shown
    end
    it("edits lines and keeps a history on a terminal", function()
      local text = type_at_terminal { "x = 20 + 22\nx\n\27[A\nos.exit(5)\n" }
      assert.equal(2, select(2, text:gsub("\n42\n", "\n42\n")))
      assert.matches("status 5\n$", text)
    end)
    it("drops at Ctrl-C what was typed, and lives on", function()
      local text = type_at_terminal {
        "x = 40\n", "x = 1", "\3", "if true then\n", "x = 2\nx = 3", "\3", "\3", "x + 2\n", "os.exit(5)\n",
      }
      assert.matches("\n42\n", text)
      assert.matches("status 5\n$", text)
    end)
    it("outlives further signals while one is on its way to stop a statement", function()
      local text = type_at_terminal {
        "io.popen('for i in 1 2 3; do kill -INT $PPID; sleep 0.05; done'):close() while true do end\n",
        "x = 42\nx\n", "os.exit(5)\n",
      }
      assert.matches("interrupted!\n", text)
      assert.matches("\n42\n", text)
      assert.matches("status 5\n$", text)
    end)
    it("ends at Ctrl-D", function() assert.matches("status 0\n$", type_at_terminal { "\3", "\4" }) end)
  end)

  describe("interrupted", function()
    -- The script sends the signal itself: no clock decides where it arrives.
    local signal = "io.popen('kill -INT $PPID'):close() "
    it("stops a script as lua does", function()
      local arguments = { "-e", signal .. "while true do end" }
      local wanted, wanted_status = run("lua5.4", arguments)
      local text, status = run(program, arguments)
      -- Position and traceback say where the signal found it, which differs from run to run.
      local form = "^PROGRAM: [^\n]*interrupted!\nstack traceback:\n"
      assert.matches(form, wanted)
      assert.matches(form, text)
      assert.equal(wanted_status, status)
    end)
    it("stops a script that has loaded aelua and is not training", function()
      local text, status = run(program, { "-e", "require 'aelua' " .. signal .. "while true do end" })
      assert.matches("interrupted!", text)
      assert.equal(1, status)
    end)

    local training = [[
      local ae = require "aelua"
      local model = ae.Autoencoder {
        input = { 8 }, encoder = ae.nn.Sequential { ae.nn.Dense(2) }, decoder = ae.nn.Sequential { ae.nn.Dense(8) },
        loss = "mse",
      }
      local x, batches = ae.rand(64, 8), 0
      local callback = { on_batch_end = function()
        batches = batches + 1
        if batches >= 3 then %s end
      end }
      local history = model:fit(x, { epochs = 100, batch_size = 32, verbose = 0, callbacks = { callback } })
      print(history.interrupted, batches, model:evaluate(x).loss < 1)
    ]]
    it("ends training after the batch in hand, keeps the weights and goes on with the script", function()
      local text, status = run(program, { "-e", training:format(signal) })
      assert.equal("true\t3\ttrue\n", text)
      assert.equal(0, status)
    end)
    it("stops the script where a second signal comes before the batch is done", function()
      local text, status = run(program, { "-e", training:format(signal:rep(2)) })
      assert.matches("interrupted!", text)
      assert.equal(1, status)
    end)
  end)

  describe("and aelua", function()
    it("says why it cannot be opened", function()
      local text, status = run(program, { "-e", "require 'aelua'" }, { before = "env AELUA_THREADS=many" })
      assert.matches("AELUA_THREADS wants a number of 1 to 1024, got 'many'", text, 1, true)
      assert.equal(1, status)
    end)
    it("does not load it until it is asked for", function()
      local text = run(program, { "-e", "print(package.loaded.aelua, package.preload.aelua ~= nil)" })
      assert.equal("nil\ttrue\n", text)
    end)
    it("finds it without a file, wherever it is started", function()
      local here = lfs.currentdir()
      local path = program:sub(1, 1) == "/" and program or here .. "/" .. program
      local text = run(path, { "-e", "print(require 'aelua' == require 'aelua')" }, { before = "env -C /" })
      assert.equal("true\n", text)
    end)
    it("runs C modules of the system", function()
      local text = run(program, { "-e", "print(require 'lfs'.attributes('/', 'mode'))" })
      assert.equal("directory\n", text)
    end)
  end)
end)
