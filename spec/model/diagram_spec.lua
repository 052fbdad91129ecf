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
end)
