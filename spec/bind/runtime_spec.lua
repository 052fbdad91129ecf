local ae = require "aelua"
local core = require "aelua.core"
local fails = require "spec.support.fails"

describe("the random state", function()
  it("is set by a seed, and can be kept and put back", function()
    ae.seed(42)
    local a = ae.rand(5):totable()
    local state = core.random_state()
    local b = ae.rand(5):totable()
    assert.same(b, (function()
      core.random_state(state)
      return ae.rand(5):totable()
    end)())
    ae.seed(42)
    assert.same(a, ae.rand(5):totable())
    assert.is_false(pcall(assert.same, a, b))
    ae.seed(-1)
    assert.equal(-1, core.random_state().seed)
  end)

  it("wants all its parts", function()
    fails("invalid", "random_state: wants the integer 'offset'", function()
      core.random_state { seed = 1, stream = 0 }
    end)
  end)
end)

describe("threads", function()
  it("are counted and set", function()
    local before = ae.threads()
    assert.equal(1, ae.threads(1))
    assert.equal(before, ae.threads(before))
    fails("invalid", "threads: wants 1 to ", function() ae.threads(0) end)
    fails("invalid", "threads: wants 1 to ", function() ae.threads(-2 ^ 40 | 0) end)
  end)
end)

describe("numbers that are no integers", function()
  it("are errors that say what was wanted", function()
    for name, wrong in pairs { seed = "x", threads = 1.5, budget = {} } do
      local ok, failure = pcall(ae[name], wrong)
      assert.is_false(ok)
      assert.equal("invalid", failure.code)
      assert.matches(name .. ": wants an integer, got ", failure.message)
    end
  end)
end)

describe("the clock", function()
  it("runs forwards in seconds", function()
    local before = ae.clock()
    local later = ae.clock()
    assert.is_true(later >= before and later - before < 10)
  end)
end)

describe("kernels", function()
  it("say what computes", function()
    local kernels = ae.kernels()
    for _, name in ipairs { "blas", "onednn", "amx", "isa" } do assert.equal("string", type(kernels[name])) end
  end)
end)

describe("memory", function()
  it("is counted", function()
    local before = ae.memory()
    local t = ae.zeros(1000)
    local after = ae.memory()
    assert.is_true(after.live - before.live >= 4000)
    assert.is_true(after.peak >= after.live and after.held >= after.live)
    assert.equal(before.op_calls + 1, after.op_calls)
    t:free()
    assert.equal(before.live, ae.memory().live)
  end)
end)

describe("a budget", function()
  local megabyte = 2 ^ 20 | 0

  -- Runs fn with `room` bytes above what is live.
  local function with_room(room, fn)
    for _ = 1, 3 do collectgarbage() end -- nothing is left for the second attempt to find
    ae.budget(ae.memory().live + room)
    local ok, err = pcall(fn)
    ae.budget(0)
    if not ok then error(err, 0) end
  end

  it("is a clear error where it does not suffice", function()
    with_room(megabyte, function()
      local err = fails("memory", "zeros: memory: wanted ", function() ae.zeros(megabyte) end)
      assert.truthy(err.message:find("the budget is %d+"))
      assert.equal(1000, ae.zeros(1000).shape[1])
    end)
    fails("invalid", "budget: wants 0 or more bytes", function() ae.budget(-1) end)
  end)

  it("is met by collecting what is dead", function()
    with_room(4 * megabyte, function()
      for _ = 1, 100 do
        local t = ae.zeros(megabyte // 8)
        assert.equal(0, (t + 1)[1]:item() - 1)
      end
    end)
  end)

  it("leaves parameters and gradients as they were where a step does not fit", function()
    local p = ae.ones(1000):require_grad()
    ;(p * 2):sum():backward()
    with_room(64 * 1024, function()
      fails("memory", "", function()
        local big = (p * 1):reshape(1000, 1) * ae.ones(1, 1000)
        big:sum():backward()
      end)
    end)
    assert.equal(1000, p:sum():item())
    assert.equal(2000, p.grad:sum():item())
    ;(p * 3):sum():backward()
    assert.equal(5000, p.grad:sum():item())
  end)
end)
