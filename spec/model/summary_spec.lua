local ae = require "aelua"
local nn = ae.nn

describe("summary", function()
  before_each(function() ae.seed(1) end)

  it("has layers, output shapes, parameters, totals and the compression ratio", function()
    local model = ae.Autoencoder {
      input = { 28, 28, 1 }, name = "tutorial",
      encoder = nn.Sequential { nn.Flatten(), nn.Dense(32, "relu") },
      decoder = nn.Sequential { nn.Dense({ 28, 28, 1 }, "sigmoid") },
      loss = "bce",
    }
    local bytes = ae.real == "f64" and "398.4 KiB" or "199.2 KiB"
    assert.equal(([[
tutorial (Autoencoder)
---------------------------------------------
layer                output shape  parameters
---------------------------------------------
input                [28, 28, 1]
encoder: Sequential  [32]
  1 Flatten          [784]                  0
  2 Dense relu       [32]              25,120
decoder: Sequential  [28, 28, 1]
  1 Dense sigmoid    [28, 28, 1]       25,872
---------------------------------------------
parameters: 50,992 (%s)
compression: 784 to 32 values, 24.5 : 1]]):format(bytes), model:summary())
    assert.is_true(model.training)
  end)

  it("shows a variational layer as one row, with its prior's parameters", function()
    local function rows(likelihood)
      return ae.VAE({
        input = { 4 }, latent = 2, encoder = nn.Dense(3), decoder = nn.Dense(4), likelihood = likelihood,
        prior = { "mixture", components = 3 },
      }):summary()
    end
    local text = rows "bernoulli"
    assert.matches("posterior: Variational 2, MixturePrior 3 +%[2%] +31\n", text) -- 2 (3 * 2 + 2) + 3 + 2 * 3 * 2
    assert.is_nil(text:find("likelihood", 1, true))
    assert.matches("likelihood: GaussianLikelihood +1\n", rows { "gaussian", variance = "learned" })
  end)

  it("counts what a module holds itself, what is shared once, and what is frozen", function()
    local Scaled = nn.Module:extend("Scaled")
    function Scaled:init()
      self.gains = { ae.ones({ 4 }):require_grad() }
      self.dense = nn.Dense(2)
    end
    function Scaled:forward(x) return self.dense:forward(x * self.gains[1]) end
    local encoder = Scaled()
    local model = ae.Autoencoder { input = { 4 }, encoder = encoder, decoder = nn.TiedDense(encoder.dense) }
    encoder.dense:freeze()
    local text = model:summary()
    assert.matches("encoder: Scaled%s+%[2%]%s+4\n", text)
    assert.matches("  dense: Dense%s+%[2%]%s+10\n", text)
    assert.matches("decoder: TiedDense%s+%[4%]%s+4\n", text)
    assert.matches("parameters: 18, 10 of them frozen", text)
  end)

  it("of named inputs has their shapes", function()
    local First = nn.Module:extend("First")
    function First:forward(inputs) return inputs.a end
    local Both = nn.Module:extend("Both")
    function Both:forward(z) return { a = z, b = z } end
    local model = ae.Autoencoder { input = { a = { 2 }, b = { 2 } }, encoder = First(), decoder = Both() }
    assert.matches("input%s+{a = %[2%], b = %[2%]}", model:summary())
    assert.matches("compression: 4 to 2 values, 2 : 1", model:summary())
  end)
end)
