-- What ae.profile counts, states and writes. Times are looked at for their sums alone.
local ae = require "aelua"
local core = require "aelua.core"
local fails = require "spec.support.fails"
local files = require "spec.support.files"

local real = core.real == "f64" and 8 or 4

-- The one row of an operation and direction.
local function row(profile, operation, direction)
  local found
  for _, r in ipairs(profile.rows) do
    if r.operation == operation and r.direction == direction then
      assert.is_nil(found, "two rows of " .. operation)
      found = r
    end
  end
  return found or error("no row of " .. operation .. " " .. direction .. " in\n" .. tostring(profile), 2)
end

local function make_step()
  ae.seed(3)
  local net = ae.nn.Sequential { ae.nn.Dense(3, "relu"), ae.nn.Dense(5) }
  local opt = ae.optim.Adam { net, lr = 1e-2 }
  local x = ae.rand(7, 5)
  return function()
    local loss = ae.nn.loss.mse(net:forward(x), x)
    opt:zero_grad()
    loss:backward()
    opt:step()
    return loss:item()
  end, net
end

describe("ae.profile", function()
  it("counts the calls of every operation, forward and backward apart", function()
    local step = make_step()
    local profile = ae.profile(step, { times = 4, warm_up = 2 })
    assert.equal(4, profile.times)
    assert.equal(8, row(profile, "dense", "forward").calls)
    assert.equal(8, row(profile, "dense", "backward").calls)
    assert.equal(4, row(profile, "adam_step", "forward").calls)
    assert.equal(0, profile.lost)
    local sum, share = profile.outside, 0
    for i, r in ipairs(profile.rows) do
      sum, share = sum + r.seconds, share + r.share
      assert.is_true(r.seconds >= 0 and (i == 1 or r.seconds <= profile.rows[i - 1].seconds))
    end
    assert.near(profile.seconds, sum, 1e-9)
    assert.is_true(profile.outside >= 0 and share <= 1 + 1e-9)
  end)

  it("has a row for every set of shapes where asked", function()
    local rows = {}
    for _, r in ipairs(ae.profile(make_step(), { shapes = true }).rows) do
      rows[r.operation .. " " .. r.direction .. " " .. r.shapes] = r
    end
    assert.equal(1, rows["dense forward [7, 5] [5, 3] [3]"].calls)
    assert.equal(1, rows["dense backward [7, 3] [3, 5] [5]"].calls)
  end)

  it("states the operations of products and convolutions", function()
    local a, b = ae.randn(2, 3, 4):require_grad(), ae.randn(4, 5)
    local picture, kernel = ae.randn(2, 6, 6, 4):require_grad(), ae.randn(3, 3, 2, 8):require_grad()
    local up = ae.randn(2, 2, 3, 5):require_grad() -- [R, S, K, C]
    local profile = ae.profile(function()
      a:matmul(b):sum():backward()
      local y = ae.conv2d(picture, kernel, { stride = 2, padding = "same", groups = 2 })
      y:sum():backward()
      ae.conv_transpose2d(ae.zeros(1, 4, 4, 5), up, { stride = 2 }):sum():backward()
    end)
    assert.equal(2 * 2 * 3 * 4 * 5, row(profile, "matmul", "forward").flops)
    assert.equal(2 * 2 * 3 * 4 * 5, row(profile, "matmul", "backward").flops) -- b wants no gradient
    local conv = 2 * (2 * 3 * 3) * (3 * 3 * 2) * 8
    assert.equal(conv, row(profile, "conv2d", "forward").flops)
    assert.equal(2 * conv, row(profile, "conv2d", "backward").flops)
    local transposed = 2 * (4 * 4) * (2 * 2 * 3) * 5
    assert.equal(transposed, row(profile, "conv_transpose2d", "forward").flops)
    assert.equal(transposed, row(profile, "conv_transpose2d", "backward").flops)
    assert.equal(0, row(profile, "sum", "forward").flops)
  end)

  it("states the bytes of the tensors that a call touched", function()
    local x = ae.randn(10, 4):require_grad()
    local profile = ae.profile(function()
      local y = x:reshape(40):relu()
      ae.add(y, y:exp()):sum():backward()
    end)
    assert.equal(0, row(profile, "reshape", "forward").bytes)
    assert.equal(0, row(profile, "reshape", "backward").bytes)
    assert.equal(2 * 40 * real, row(profile, "exp", "forward").bytes)
    assert.equal(3 * 40 * real, row(profile, "add", "forward").bytes)
    assert.equal(3 * 40 * real, row(profile, "relu", "backward").bytes)
    assert.equal(3 * 40 * real, row(profile, "gradient sum", "backward").bytes)
    local pixels = ae.zeros(100, 4):to("u8")
    local rows = ae.tensor({ 3, 7 }, { dtype = "i32" })
    profile = ae.profile(function() core.ops.gather_scaled(pixels, rows) end)
    assert.equal(2 * 4 * (1 + real) + 2 * 4, row(profile, "gather_scaled", "forward").bytes) -- two rows, not the data set
    local step, net = make_step()
    local taken = row(ae.profile(step, { warm_up = 1 }), "adam_step", "forward")
    assert.is_true(taken.bytes >= 7 * net:count_parameters() * real)
    assert.equal(0, taken.bytes % (7 * real))
  end)

  it("gives operations inside a Function's backward their own time", function()
    local inner = ae.Function {
      forward = function(_, x) return x * 2 end,
      backward = function(_, g) return (g:exp() * 2):sin() end,
    }
    local x = ae.randn(3):require_grad()
    local profile = ae.profile(function() inner(x):sum():backward() end, { times = 3 })
    assert.equal(3, row(profile, "Function", "backward").calls)
    assert.equal(3, row(profile, "exp", "forward").calls)
    local sum = profile.outside
    for _, r in ipairs(profile.rows) do sum = sum + r.seconds end
    assert.near(profile.seconds, sum, 1e-9)
    assert.is_true(profile.outside >= 0)
  end)

  it("changes no result, and nothing after it", function()
    local wanted, got, step = {}, {}, make_step()
    for i = 1, 3 do wanted[i] = step() end
    step = make_step()
    ae.profile(function() got[#got + 1] = step() end, { times = 2 })
    got[3] = step()
    assert.same(wanted, got)
  end)

  it("prints a table", function()
    local text = tostring(ae.profile(make_step(), { times = 2 }))
    assert.matches("^operation +direction +calls +ms +GF/s +GB/s +share\n", text)
    assert.matches("\ndense +backward +2 ", text)
    assert.matches("\noutside ", text)
    assert.matches("\ntotal +", text)
    assert.matches("\nmeans of 2 calls$", text)
    assert.matches("%[7, 5%] %[5, 3%] %[3%]", tostring(ae.profile(make_step(), { shapes = true })))
  end)

  it("counts what it has no memory to note", function()
    local x = ae.ones(2)
    collectgarbage()
    x:exp()
    local before = ae.memory()
    ae.budget(before.live + 4096)
    local fine, profile = pcall(ae.profile, function() x:exp() end)
    ae.budget(before.budget)
    assert.is_true(fine, tostring(profile))
    assert.equal(1, profile.lost)
    assert.same({}, profile.rows)
    assert.matches("no memory to note them: 1$", tostring(profile))
  end)
end)

describe("the profile's trace", function()
  local folder
  before_each(function() folder = files.folder() end)
  after_each(function() files.remove(folder) end)

  it("has every call, those inside others within them", function()
    local path = folder .. "/trace.json"
    local inner = ae.Function {
      forward = function(_, x) return x * 2 end,
      backward = function(_, g) return g:exp() end,
    }
    local x = ae.randn(3):require_grad()
    ae.profile(function() inner(x):sum():backward() end, { times = 2, trace = path })
    local events, by_name = core.json.decode(files.read(path)).traceEvents, {}
    for _, event in ipairs(events) do
      assert.equal("X", event.ph)
      assert.is_true(event.ts >= 0 and event.dur >= 0)
      by_name[event.name .. " " .. event.cat] = event
    end
    assert.equal(2 * 5 + 1, #events) -- the second gradient of x is added to the first
    local outer, within = by_name["Function backward"], by_name["exp forward"]
    assert.equal("[3]", within.args.shapes)
    assert.is_true(within.ts >= outer.ts and within.ts + within.dur <= outer.ts + outer.dur + 1e-3)
  end)

  it("has points in its numbers, whatever the locale", function()
    local path = folder .. "/trace.json"
    for _, locale in ipairs { "C", "de_DE.UTF-8" } do
      if os.setlocale(locale) then
        local ok, failure = pcall(ae.profile, function() ae.ones(3):exp() end, { trace = path })
        os.setlocale("C")
        assert.is_true(ok, tostring(failure))
        local event = core.json.decode(files.read(path)).traceEvents[1]
        assert.is_true(event.ts >= 0 and event.dur > 0)
      end
    end
  end)

  it("is refused where it cannot be written, before anything runs", function()
    local ran = false
    fails("io", "profile: trace", function()
      ae.profile(function() ran = true end, { trace = folder .. "/none/trace.json" })
    end)
    assert.is_false(ran)
  end)
end)

describe("a profile", function()
  it("ends with what its function raises", function()
    local raised = {}
    local ok, failure = pcall(ae.profile, function()
      ae.ones(2):exp()
      error(raised)
    end)
    assert.is_false(ok)
    assert.equal(raised, failure)
    assert.equal(1, #ae.profile(function() ae.ones(2) end).rows)
  end)

  it("is not for the inside of another", function()
    fails("state", "profile: one is running already", function()
      ae.profile(function() ae.profile(function() end) end)
    end)
    assert.equal(0, #ae.profile(function() end).rows)
  end)

  it("wants a function and options that exist", function()
    fails("type", "profile wants a function, got table", function() ae.profile {} end)
    fails("invalid", "did you mean 'times'?", function() ae.profile(print, { time = 3 }) end)
    fails("invalid", "times wants at least 1", function() ae.profile(print, { times = 0 }) end)
  end)
end)
