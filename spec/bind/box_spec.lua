-- What long runs leave behind: nothing. The collector is left as it is, and nothing is released by hand.
local ae = require "aelua"

local function step(w, x)
  local y = ((x * w + 1):tanh() - x):square():mean()
  w:zero_grad()
  y:backward()
  ae.no_grad(function() w:copy_(w - w.grad * 0.1) end)
end

describe("a long loop", function()
  it("leaves memory flat over 100000 steps", function()
    local w, x = ae.randn(4, 4):require_grad(), ae.randn(4, 4)
    local function run(n)
      local most = 0
      for i = 1, n do
        step(w, x)
        if i % 100 == 0 then most = math.max(most, ae.memory().held) end
      end
      return most
    end
    local before = run(25000) -- more than lies between two collections
    local calls = ae.memory().system_calls
    local after = run(75000)
    assert.is_true(after <= before * 1.05, ("%d bytes after %d"):format(after, before))
    assert.is_true(ae.memory().system_calls - calls < 2000,
      ("%d blocks of the system"):format(ae.memory().system_calls - calls))
    assert.is_true(collectgarbage "count" < 64 * 1024)
  end)

  it("asks the system for nothing in a scope, once warm", function()
    local w, x = ae.randn(32, 32):require_grad(), ae.randn(32, 32)
    for _ = 1, 200 do ae.scope(step, w, x) end
    collectgarbage()
    local before = ae.memory()
    for _ = 1, 1000 do ae.scope(step, w, x) end
    local after = ae.memory()
    assert.equal(before.system_calls, after.system_calls)
    assert.equal(before.live, after.live)
    assert.equal(before.held, after.held)
  end)

  it("is held to the soft limit where tensors are large", function()
    local peak = 0
    for _ = 1, 200 do
      local _ = ae.zeros(2 ^ 20 | 0) + 1
      peak = math.max(peak, ae.memory().live)
    end
    local element = ae.real == "f64" and 8 or 4
    assert.is_true(peak < 64 * 2 ^ 20 + 3 * 2 ^ 20 * element + 8 * 2 ^ 20, ("%d bytes"):format(peak))
  end)

  it("is held to it in the generational mode as well", function()
    local mode = collectgarbage "generational"
    local peak = 0
    for _ = 1, 200 do
      local _ = ae.zeros(2 ^ 20 | 0) + 1
      peak = math.max(peak, ae.memory().live)
    end
    collectgarbage(mode)
    assert.is_true(peak < 120 * 2 ^ 20)
  end)
end)
