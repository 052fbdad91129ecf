require "aelua"
local core = require "aelua.core"
local Progress = require "aelua.train.progress"

-- What the bar shows in a terminal of so many columns, without its control characters.
local function bar(columns, batch, loss)
  local written = {}
  local out = { write = function(_, ...) written[#written + 1] = table.concat { ... } end, flush = function() end }
  local progress = Progress(1, 20, out)
  progress.bar = true
  progress:begin_epoch(3, 1000)
  local terminal, clock = core.terminal, core.clock
  core.terminal = function() return { tty = true, columns = columns } end
  core.clock = function() return progress.began + 10 end
  local ok, failure = pcall(progress.step, progress, batch, loss)
  core.terminal, core.clock = terminal, clock
  assert(ok, failure)
  return (table.concat(written):match("^\r(.*)\27%[K$"))
end

describe("the bar", function()
  it("shows epoch, batch, rate, time left and loss", function()
    assert.equal("Epoch 3/20 [############------------] 500/1000  50 it/s  ETA 10.0s  loss 0.2500", bar(100, 500, 0.25))
  end)

  it("is shortened first, then whole fields go, and no number is cut", function()
    assert.equal("Epoch 3/20 [######------] 500/1000  50 it/s  ETA 10.0s  loss 3.371e-05", bar(71, 500, 3.371e-05))
    assert.equal("Epoch 3/20 500/1000  50 it/s  ETA 10.0s  loss 3.371e-05", bar(60, 500, 3.371e-05))
    assert.equal("Epoch 3/20 500/1000  ETA 10.0s  loss 3.371e-05", bar(50, 500, 3.371e-05))
    assert.equal("Epoch 3/20 500/1000  loss 3.371e-05", bar(40, 500, 3.371e-05))
    for columns = 1, 30 do assert.equal("Epoch 3/20  loss 3.371e-05", bar(columns, 500, 3.371e-05)) end
    for columns = 28, 120 do
      local line = bar(columns, 999, 3.371e-05)
      assert.is_true(#line < columns, columns)
      assert.matches("  loss 3.371e%-05$", line)
    end
  end)
end)
