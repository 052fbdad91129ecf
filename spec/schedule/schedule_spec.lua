local ae = require "aelua"

local schedule = ae.schedule

local function refuses(text, fn, ...)
  local ok, err = pcall(fn, ...)
  assert(not ok, "nothing was raised")
  assert.equal("invalid", err.code)
  assert(tostring(err):find(text, 1, true), tostring(err))
end

-- Values at 0, 1, ... are those of `want`.
local function gives(s, want)
  for i, value in ipairs(want) do
    local got = s:value(i - 1)
    assert(math.abs(got - value) <= 1e-12 * math.max(1, math.abs(value)), ("at %d: wants %.17g, got %.17g"):format(
      i - 1, value, got))
  end
end

describe("schedule", function()
  it("constant stays", function()
    gives(schedule.constant(0.25), { 0.25, 0.25, 0.25 })
    refuses("wants a number, got x", schedule.constant, "x")
  end)

  it("linear goes straight and stays", function()
    gives(schedule.linear { from = 0, to = 1, epochs = 4 }, { 0, 0.25, 0.5, 0.75, 1, 1, 1 })
    gives(schedule.linear { from = 3, to = 1, epochs = 2 }, { 3, 2, 1, 1 })
  end)

  it("step multiplies every so often", function()
    gives(schedule.step { from = 1, epochs = 2 }, { 1, 1, 0.1, 0.1, 0.1 ^ 2, 0.1 ^ 2, 0.1 ^ 3 })
    gives(schedule.step { from = 8, factor = 0.5, epochs = 1 }, { 8, 4, 2, 1 })
  end)

  it("exponential multiplies evenly", function()
    gives(schedule.exponential { from = 2, factor = 0.5 }, { 2, 1, 0.5, 0.25 })
    gives(schedule.exponential { from = 2, factor = 0.25, epochs = 2 }, { 2, 1, 0.5, 0.25 })
  end)

  it("polynomial falls with its power and stays", function()
    gives(schedule.polynomial { from = 1, epochs = 4 }, { 1, 0.5625, 0.25, 0.0625, 0, 0 })
    gives(schedule.polynomial { from = 3, to = 1, power = 1, epochs = 2 }, { 3, 2, 1, 1 })
    gives(schedule.polynomial { from = 1, power = 0.5, epochs = 4 }, { 1, 0.75 ^ 0.5, 0.5 ^ 0.5, 0.5, 0 })
  end)

  it("cosine falls along half a wave, after a warm-up", function()
    local half = 0.5 ^ 0.5
    gives(schedule.cosine { from = 1, epochs = 4 }, { 1, (1 + half) / 2, 0.5, (1 - half) / 2, 0, 0 })
    gives(schedule.cosine { from = 3, to = 1, epochs = 6, warmup = 2 }, { 0.03, 1.515, 3, 2 + half, 2, 2 - half, 1, 1 })
    gives(schedule.cosine { from = 1, epochs = 3, warmup = 1, warmup_from = 0.5 }, { 0.5, 1, 0.5, 0 })
    refuses("wants a warmup shorter than all of it (3), got 3", schedule.cosine, { from = 1, epochs = 3, warmup = 3 })
  end)

  it("one_cycle rises and falls", function()
    gives(schedule.one_cycle { max = 1, from = 0.5, to = 0, rise = 0.5, epochs = 4 }, { 0.5, 0.75, 1, 0.5, 0, 0 })
    local s = schedule.one_cycle { max = 50, epochs = 10 }
    gives(s, { 2, 2 + 48 * 0.25, 2 + 48 * 0.75, 50 })
    assert.near(50 / 250000, s:value(10), 1e-15)
  end)

  it("sigmoid goes slowly at both ends, between exact values", function()
    local s = schedule.sigmoid { from = 1, to = 3, epochs = 4, steepness = 8 }
    local function logistic(x) return 1 / (1 + math.exp(-x)) end
    local share = (logistic(-2) - logistic(-4)) / (logistic(4) - logistic(-4))
    gives(s, { 1, 1 + 2 * share, 2, 3 - 2 * share, 3, 3 })
    gives(schedule.sigmoid { epochs = 2 }, { 0, 0.5, 1 })
    refuses("schedule.sigmoid: steepness wants more than 0, got 0", schedule.sigmoid, { epochs = 1, steepness = 0 })
  end)

  it("cyclic rises in every cycle, rests, and stays after the last", function()
    gives(schedule.cyclic { cycles = 2, epochs = 8 }, { 0, 0.5, 1, 1, 0, 0.5, 1, 1, 1, 1 })
    gives(schedule.cyclic { from = 4, to = 2, cycles = 1, rise = 1, epochs = 4 }, { 4, 3.5, 3, 2.5, 2, 2 })
    refuses("schedule.cyclic: rise wants at most 1, got 2", schedule.cyclic, { epochs = 1, rise = 2 })
  end)

  it("comes back from its description", function()
    for _, s in ipairs {
      schedule.constant(0.5), schedule.linear { from = 0, to = 1, epochs = 5 }, schedule.cyclic { steps = 100 },
      schedule.sigmoid { epochs = 7 }, schedule.cosine { from = 1, epochs = 9, warmup = 2 },
    } do
      local again = schedule.from_config(s:config())
      for time = 0, 12 do assert.equal(s:value(time, 10 * time), again:value(time, 10 * time)) end
    end
    assert.is_nil(schedule.plateau({ from = 1 }):config())
    local ok, err = pcall(schedule.from_config, { name = "liner" })
    assert(not ok and err.code == "format" and tostring(err):find("did you mean 'linear'", 1, true), tostring(err))
  end)

  it("counts steps where it was made with steps", function()
    local s = schedule.linear { from = 0, to = 1, steps = 10 }
    assert.equal(10, s.steps)
    assert.near(0.3, s:value(0, 3), 1e-12)
    refuses("value wants the steps done so far, got nil", s.value, s, 0)
    refuses("value wants the epochs done so far, got -1", function() schedule.step({ from = 1, epochs = 1 }):value(-1) end)
  end)

  it("refuses what it does not know", function()
    refuses("schedule.linear: wants the option epochs or steps", schedule.linear, { from = 0, to = 1 })
    refuses("wants epochs or steps, not both", schedule.linear, { from = 0, to = 1, epochs = 1, steps = 1 })
    refuses("did you mean 'epochs'?", schedule.linear, { from = 0, to = 1, epoch = 1 })
    refuses("schedule.step wants the option 'from'", schedule.step, { epochs = 1 })
    refuses("schedule.step: epochs wants more than 0, got 0", schedule.step, { from = 1, epochs = 0 })
    refuses("did you mean 'cosine'?", function() return schedule.cosin end)
  end)

  it("can be one's own", function()
    local Zigzag = schedule.Schedule:extend("zigzag")
    function Zigzag:init(given) self:read(given, {}, 2) end
    function Zigzag:at(time) return time % 1 end
    gives(Zigzag(), { 0, 0.5, 0, 0.5 })
    assert.is_true(schedule.Schedule.is(Zigzag()))
  end)
end)

describe("schedule.plateau", function()
  local function replay(s, observed)
    local values = {}
    for i, value in ipairs(observed) do
      s:observe(value)
      values[i] = s:value(i)
    end
    return values
  end

  it("multiplies where nothing improves", function()
    local s = schedule.plateau { from = 8, factor = 0.5, patience = 2, min = 1 }
    assert.same({ 8, 8, 8, 8, 4, 4, 2, 2, 1, 1, 1 }, replay(s, { 5, 4, 3, 3, 3, 3, 3, 3, 3, 3, 3 }))
  end)

  it("wants an improvement of more than min_delta", function()
    local s = schedule.plateau { from = 8, factor = 0.5, patience = 1, min_delta = 0.5 }
    assert.same({ 8, 4, 4, 2 }, replay(s, { 5, 4.6, 4, 3.9 }))
  end)

  it("rests while it cools down", function()
    local s = schedule.plateau { from = 8, factor = 0.5, patience = 1, cooldown = 2 }
    assert.same({ 8, 4, 4, 4, 2, 2, 2 }, replay(s, { 1, 1, 1, 1, 1, 1, 1 }))
  end)

  it("takes more as better where it is told so, and nan as no improvement", function()
    local s = schedule.plateau { from = 8, factor = 0.5, patience = 1, mode = "max" }
    assert.same({ 8, 8, 4, 2, 2 }, replay(s, { 1, 2, 0 / 0, 1, 3 }))
    assert.same({ 4, 4 }, replay(schedule.plateau { from = 8, factor = 0.5, patience = 1 }, { 0 / 0, 1 }))
    refuses("observe wants a number, got nil", s.observe, s)
  end)

  it("goes on from its state", function()
    local function make() return schedule.plateau { from = 8, factor = 0.5, patience = 2, cooldown = 1 } end
    local observed = { 5, 4, 4, 4, 4, 4, 4, 4, 4 }
    local whole = replay(make(), observed)
    local first, second = make(), make()
    replay(first, table.move(observed, 1, 4, 1, {}))
    second:load_state(first:state())
    assert.same(table.move(whole, 5, 9, 1, {}), replay(second, table.move(observed, 5, 9, 1, {})))
  end)

  it("sets the learning rate of a run", function()
    local run = { step = 0, epoch = 0, optimizer = { set_lr = function(self, lr) self.lr = lr end } }
    local callback = ae.callbacks.LRScheduler(schedule.plateau { from = 8, factor = 0.5, patience = 1 })
    for _, loss in ipairs { 1, 1, 1 } do
      run.epoch = run.epoch + 1
      callback:on_epoch_begin(run)
      callback:on_epoch_end(run, { loss = 0, val_loss = loss })
    end
    assert.equal(4, run.optimizer.lr)
    local other = ae.callbacks.LRScheduler(schedule.plateau { from = 8, factor = 0.5, patience = 1 })
    other:load_state(callback:state())
    other:on_epoch_begin(run)
    assert.equal(2, run.optimizer.lr)
  end)

  it("constant takes a number alone", function()
    refuses("schedule.constant takes a number, got a further table", schedule.constant, 1, {})
  end)
end)
