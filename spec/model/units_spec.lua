local ae = require "aelua"
local Units = require "aelua.model.units"
local nn = ae.nn

describe("active units", function()
  before_each(function() ae.seed(14) end)

  it("are those whose posterior mean varies by more than 0.01 over all batches", function()
    local means = ae.randn(300, 4) * ae.tensor { 1, 0.2, 0.05, 0 } + ae.tensor { 0, 5, -3, 1000 }
    local units = Units()
    for first = 1, 300, 70 do units:add(means:narrow(1, first, math.min(70, 301 - first))) end
    assert.equal(2, units:active())
    local wanted = means:var(1, { correction = 0 }):totable()
    for i = 1, 3 do assert.near(wanted[i], units.squares[i] / 300, 1e-4 * math.max(1, wanted[i])) end
    assert.is_nil(Units():active())
  end)

  -- A model whose codes can say nothing: the encoder's weights are 0 and stay so.
  local function deaf()
    local model = ae.VAE {
      input = { 4 }, latent = 3, encoder = nn.Sequential { nn.Dense(3, { weight_init = "zeros" }) },
      decoder = nn.Sequential { nn.Dense(4) },
    }
    model.encoder:freeze()
    return model
  end

  it("that are none are told of once, as a collapsed posterior", function()
    local model, x = deaf(), ae.rand(16, 4)
    local history = model:fit(x, { epochs = 3, batch_size = 8, verbose = 0 })
    assert.same({ 0, 0, 0 }, history:column("active_units"))
    assert.equal(1, #history.warnings)
    assert.matches("VAE: the posterior has collapsed: after epoch 1 no unit of the code is active", history.warnings[1])
    assert.equal(0, #model:fit(x, { epochs = 1, batch_size = 8, verbose = 0 }).warnings)
    assert.equal(0, model:evaluate(x).active_units)
  end)

  it("are counted in each pass by itself, one within the other too", function()
    local x = ae.rand(32, 4)
    local model = ae.VAE {
      input = { 4 }, latent = 3, encoder = nn.Sequential { nn.Dense(8, "tanh") }, decoder = nn.Sequential { nn.Dense(4) },
    }
    ae.no_grad(function() model.posterior.mean.weight:copy_(ae.randn(8, 3) * 3) end)
    local flat = ae.zeros(4, 4)
    local inner
    local history = model:fit(x, { batch_size = 8, verbose = 0, callbacks = { {
      on_batch_end = function(_, run) inner = run.model:evaluate(flat).active_units end,
    } } })
    assert.equal(0, inner)
    assert.equal(3, history:last().active_units)
    assert.equal(0, #history.warnings)
  end)
end)
