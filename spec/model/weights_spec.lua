local ae = require "aelua"
local support = require "spec.support.nn"
local nn = ae.nn

local raises = support.raises

local function vae(beta, class)
  return ae[class or "VAE"] {
    input = { 4 }, latent = 2, encoder = nn.Sequential { nn.Dense(3, "tanh") }, decoder = nn.Dense(4), beta = beta,
  }
end

-- Of 8 samples in batches of 2: 4 steps an epoch.
local function fit(model, given)
  local o = { epochs = 1, batch_size = 2, verbose = 0 }
  for key, value in pairs(given or {}) do o[key] = value end
  return model:fit(ae.tensor { { 0, 1, 0, 1 } }:tile { 8, 1 }, o)
end

describe("weights of a loss", function()
  before_each(function() ae.seed(8) end)
  after_each(support.clean)

  it("are reported, and follow schedules over epochs", function()
    local model = vae(ae.schedule.linear { from = 0, to = 1, epochs = 4 })
    assert.same({ 0, 0.25, 0.5 }, fit(model, { epochs = 3 }):column("beta"))
    assert.equal(0.5, model:evaluate(ae.ones(2, 4)).beta)
    local row = fit(vae(0.25)):last()
    assert.equal(0.25, row.beta)
    assert.near(row.loss, row.reconstruction + 0.25 * row.kl, 1e-5)
  end)

  it("follow schedules over steps", function()
    local model = vae(ae.schedule.linear { from = 0, to = 1, steps = 8 })
    local history = fit(model, { epochs = 3, validation = ae.ones(2, 4) })
    assert.near((0 + 1 + 2 + 3) / 8 / 4, history.epochs[1].beta, 1e-7)
    assert.near((4 + 5 + 6 + 7) / 8 / 4, history.epochs[2].beta, 1e-7)
    assert.equal(1, history.epochs[3].beta)
    assert.equal(3 / 8, history.epochs[1].val_beta)
  end)

  it("go on in a second fit, where a file is loaded and where a run is resumed", function()
    local function schedule() return ae.schedule.linear { from = 0, to = 1, epochs = 4 } end
    local model, path = vae(schedule()), support.temporary(".safetensors")
    fit(model, { epochs = 2 })
    assert.same({ 0.5, 0.75 }, fit(model, { epochs = 2 }):column("beta"))
    model:save(path)
    local again = ae.load_model(path)
    assert.equal(0.75, again:evaluate(ae.ones(2, 4)).beta)
    assert.same({ 1, 1 }, fit(again, { epochs = 2 }):column("beta"))

    local state = support.temporary(".run")
    ae.seed(9)
    local whole = fit(vae(schedule()), { epochs = 4 })
    ae.seed(9)
    fit(vae(schedule()), { epochs = 2, checkpoint = state })
    local resumed = fit(vae(schedule()), { epochs = 4, checkpoint = state, resume = true })
    assert.same(whole:column("loss"), resumed:column("loss"))
    assert.same({ 0, 0.25, 0.5, 0.75 }, resumed:column("beta"))
  end)

  it("may be any schedule of the time", function()
    for _, s in ipairs {
      ae.schedule.cosine { from = 0, to = 1, epochs = 3 }, ae.schedule.cyclic { epochs = 8, cycles = 2 },
      ae.schedule.sigmoid { epochs = 4 },
    } do
      local wanted = {}
      for epoch = 1, 3 do wanted[epoch] = s:value(epoch - 1) end
      local got = fit(vae(s), { epochs = 3 }):column("beta")
      for epoch = 1, 3 do assert.near(wanted[epoch], got[epoch], 1e-9) end
    end
  end)

  it("of a class of one's own stay out of files, which says so", function()
    local Steep = ae.schedule.Schedule:extend("steep")
    function Steep:init() self.epochs = 1 end
    function Steep:at(time) return time ^ 2 end
    local path, told = support.temporary(".safetensors"), nil
    local before = io.stderr
    rawset(io, "stderr", { write = function(_, text) told = text end })
    local reason = vae(Steep()):save(path)
    rawset(io, "stderr", before)
    assert.matches("the schedule of beta is a class of your own", reason)
    assert.truthy(told)
    assert.equal(1, ae.load_model(path):weight("beta"))
  end)

  it("are refused where they are negative or none", function()
    raises("VAE: beta wants a number from 0 up, got %-1", vae, -1)
    raises("VAE: beta wants a number from 0 up, got inf", vae, math.huge)
    raises("VAE: beta wants a number or a schedule, got table", vae, {})
    raises("VAE: beta wants %S+ or table, got x", vae, "x")
    raises("beta wants a schedule of numbers from 0 up, this one gives %-", vae,
      ae.schedule.linear { from = 1, to = -1, epochs = 2 })
    raises("beta wants a schedule of the time alone, got plateau", vae, ae.schedule.plateau { from = 1 })
    raises("IWAE has no option 'beta'", vae, 1, "IWAE")
  end)
end)
