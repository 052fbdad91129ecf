local ae = require "aelua"
local nn = ae.nn

describe("diagram", function()
  it("is a Mermaid flow chart from input to output", function()
    local model = ae.Autoencoder {
      input = { 4 },
      encoder = nn.Sequential { nn.Dense(3, "relu"), nn.Sequential { nn.Dense(2) } },
      decoder = nn.Dense(4),
    }
    assert.equal([[
flowchart TD
  input(["input [4]"])
  subgraph m_encoder ["encoder"]
    m_encoder_1["Dense relu<br/>[3]"]
    subgraph m_encoder_2 ["2"]
      m_encoder_2_1["Dense<br/>[2]"]
    end
  end
  m_decoder["decoder: Dense<br/>[4]"]
  output(["output [4]"])
  input --> m_encoder_1 --> m_encoder_2_1 --> m_decoder --> output]], model:diagram())
  end)

  it("has a variational layer as one, and leaves out what is not run", function()
    local model = ae.VAE {
      input = { 4 }, latent = 2, encoder = nn.Dense(3), decoder = nn.Dense(4), likelihood = { "gaussian", variance = "learned" },
      prior = { "mixture", components = 3 },
    }
    assert.equal([[
flowchart TD
  input(["input [4]"])
  m_encoder["encoder: Dense<br/>[3]"]
  m_posterior["posterior: Variational 2, MixturePrior 3<br/>[2]"]
  m_decoder["decoder: Dense<br/>[4]"]
  output(["output [4]"])
  input --> m_encoder --> m_posterior --> m_decoder --> output]], model:diagram())
  end)
end)
