local ae = require "aelua"
local fails = require "spec.support.fails"
local nn_support = require "spec.support.nn"
local values = require "spec.support.values"

local nn = ae.nn
local near = nn_support.near

-- Four codes of two numbers at the corners of a square.
local corners = { { 1, 1 }, { 1, -1 }, { -1, 1 }, { -1, -1 } }

local function made(options)
  local layer = nn.VectorQuantizer(4, 2, options)
  ae.no_grad(function() layer.codebook:copy_(ae.tensor(corners)) end)
  return layer
end

describe("nn.VectorQuantizer", function()
  before_each(function() ae.seed(1) end)

  it("gives the nearest code of every vector, in any shape", function()
    local layer = made():eval()
    local x = ae.tensor { { { 0.2, 0.1 }, { 3, -9 } }, { { -0.1, 5 }, { -2, -0.3 } } }
    assert.same({ { corners[1], corners[2] }, { corners[3], corners[4] } }, layer:forward(x):totable())
    assert.same({ { 1, 2 }, { 3, 4 } }, layer:encode(x):totable())
    assert.same({ { corners[4] } }, layer:decode(values.i32 { { 4 } }):totable())
  end)

  it("agrees with a search through all codes", function()
    local layer = nn.VectorQuantizer(7, 3):eval()
    layer.codebook:copy_(ae.randn { 7, 3 })
    local x = ae.randn { 40, 3 }
    local book, numbers = layer.codebook:totable(), layer:encode(x):totable()
    for i, vector in ipairs(x:totable()) do
      local best, least = nil, math.huge
      for j, code in ipairs(book) do
        local d = (vector[1] - code[1]) ^ 2 + (vector[2] - code[2]) ^ 2 + (vector[3] - code[3]) ^ 2
        if d < least then best, least = j, d end
      end
      assert.equal(best, numbers[i])
    end
  end)

  it("passes the gradient straight through, and the commitment's to x alone", function()
    local layer = made({ commitment = 0.5, revive = 0 }):train()
    local x = ae.tensor { { 0.5, 0.25 }, { -0.5, 2 } }
    x:require_grad()
    local y = layer:forward(x)
    near(corners[1], y[1])
    local weights = ae.tensor { { 1, 2 }, { 3, 4 } }
    local penalty = layer:penalties().commitment
    near((0.5 ^ 2 + 0.75 ^ 2 + 0.5 ^ 2 + 1) / 4 * 0.5, penalty)
    local loss = (y * weights):sum() + penalty
    loss:backward()
    -- 0.5 * 2 (x - code) / 4 beside what comes from above
    near({ { 1 - 0.5 * 0.25, 2 - 0.75 * 0.25 }, { 3 + 0.5 * 0.25, 4 + 1 * 0.25 } }, x.grad)
    assert.is_nil(next(layer:penalties()))
  end)

  it("moves codes to the mean of their vectors, with the decay", function()
    local layer = made({ decay = 0.5, revive = 0 }):train()
    layer.counts:copy_(ae.tensor { 2, 2, 2, 2 })
    layer.sums:copy_(ae.tensor(corners) * 2)
    layer:forward(ae.tensor { { 3, 1 }, { 1, 5 }, { 0.5, 0.5 }, { -3, -3 } })
    near({ (2 + 3) / 2, (2 + 0) / 2, (2 + 0) / 2, (2 + 1) / 2 }, layer.counts)
    near({ { (2 + 4.5) / 5, (2 + 6.5) / 5 }, corners[2], corners[3], { (-2 - 3) / 3, (-2 - 3) / 3 } }, layer.codebook)
  end)

  it("leaves the codebook alone in evaluation", function()
    local layer = made():eval()
    layer:forward(ae.randn { 9, 2 })
    assert.same(corners, layer.codebook:totable())
    assert.same({ 0, 0, 0, 0 }, layer.counts:totable())
  end)

  it("begins with vectors of the first batch, and revives codes to which none come", function()
    local layer = nn.VectorQuantizer(5, 2):train()
    local batch = ae.randn { 50, 2 } + 100
    layer:forward(batch)
    assert.is_true(layer.codebook:min():item() > 90)
    layer.codebook[2] = ae.tensor { -1e4, -1e4 }
    layer.counts[2] = 0
    layer:forward(batch)
    assert.is_true(layer.codebook[2]:min():item() > 90)
    local dying = nn.VectorQuantizer(5, 2, { revive = 0 }):train()
    local before = dying.codebook:totable()
    for _ = 1, 3 do dying:forward(batch) end
    local moved = 0
    for i, code in ipairs(dying.codebook:totable()) do
      if math.abs(code[1] - before[i][1]) > 1e-6 then moved = moved + 1 end
    end
    assert.equal(1, moved)
  end)

  it("with decay = false trains the codebook by its penalty", function()
    local layer = made({ decay = false }):train()
    assert.same({ layer.codebook }, layer:parameters())
    local y = layer:forward(ae.tensor { { 2, 3 } })
    local terms = layer:penalties()
    near((1 + 4) / 2, terms.codebook)
    near((1 + 4) / 2 * 0.25, terms.commitment)
    local loss = terms.codebook + terms.commitment + y:sum()
    loss:backward()
    near({ { -1, -2 }, { 0, 0 }, { 0, 0 }, { 0, 0 } }, layer.codebook.grad)
  end)

  it("hands out its distances, summed over each sample, for whoever weighs them", function()
    local layer = made({ decay = false }):train()
    local x = ae.tensor { { { 2, 3 }, { 1, 1 } }, { { -1, 0 }, { 3, -1 } } }
    x:require_grad()
    layer:forward(x)
    local apart = layer:distances()
    near({ 1 + 4, 1 + 4 }, apart.commitment)
    near({ 1 + 4, 1 + 4 }, apart.codebook)
    assert.is_nil(next(layer:penalties()))
    local loss = apart.commitment:sum() * 0.5 + apart.codebook:sum()
    loss:backward()
    near({ { { 1, 2 }, { 0, 0 } }, { { 0, -1 }, { 2, 0 } } }, x.grad)
    near({ { -2, -4 }, { -4, 0 }, { 0, 2 }, { 0, 0 } }, layer.codebook.grad)
    assert.is_nil(next(layer:distances()))
  end)

  it("begins with vectors that differ, and wants as many as there are codes", function()
    local layer = nn.VectorQuantizer(6, 2):train()
    local batch = ae.randn { 6, 2 }
    layer:forward(batch)
    local function sorted(t)
      local list = t:totable()
      table.sort(list, function(a, b) return a[1] < b[1] end)
      return list
    end
    near(sorted(batch), ae.tensor(sorted(layer.codebook)))
    local large = nn.VectorQuantizer(7, 2):train()
    local before = large.codebook:totable()
    fails("invalid", "7 codes want as many vectors in the first batch to begin from, got 6", function() large:forward(batch) end)
    assert.same(before, large.codebook:totable())
  end)

  it("tells how many codes a batch used", function()
    local layer = made():eval()
    fails("state", "nothing has come through yet", function() layer:perplexity() end)
    layer:forward(ae.tensor(corners))
    assert.near(4, layer:perplexity(), 1e-4)
    layer:forward(ae.tensor { corners[1], corners[1], corners[3], corners[3] })
    assert.near(2, layer:perplexity(), 1e-4)
  end)

  it("is a layer like others: described, saved with its averages, trained by fit with its penalty named", function()
    local x = ae.rand { 32, 6 }
    local function build()
      return ae.Autoencoder {
        input = { 6 }, encoder = nn.Sequential { nn.Dense(2), nn.VectorQuantizer(4, 2, { decay = 0.9 }) },
        decoder = nn.Sequential { nn.Dense(6) }, loss = "mse",
      }
    end
    local model = build()
    local history = model:fit(x, { epochs = 2, batch_size = 8, verbose = 0 })
    assert.is_number(history.epochs[2].commitment)
    local name = os.tmpname()
    model:save(name)
    local again = ae.load_model(name)
    os.remove(name)
    assert.same(model:reconstruct(x):totable(), again:reconstruct(x):totable())
    assert.same(model.encoder[2].sums:totable(), again.encoder[2].sums:totable())
    assert.equal(0.9, again.encoder[2].decay)
    assert.matches("VectorQuantizer 4 x 2", model:summary())
  end)

  it("takes a batch without vectors, and does not move", function()
    local layer = made({ decay = 0.5 }):train()
    layer(ae.tensor(corners))
    local before, counts = layer.codebook:totable(), layer.counts:totable()
    assert.same({ 0, 3, 2 }, layer(ae.zeros(0, 3, 2)).shape)
    assert.same({ 0, 3 }, layer:encode(ae.zeros(0, 3, 2)).shape)
    assert.same(before, layer.codebook:totable())
    assert.same(counts, layer.counts:totable())
  end)

  it("says what it wants", function()
    fails("invalid", "wants a number of codes from 1 up, got 0", function() nn.VectorQuantizer(0, 2) end)
    fails("invalid", "revive wants a moving average", function() nn.VectorQuantizer(2, 2, { decay = false, revive = 1 }) end)
    fails("invalid", "decay wants a number or false, got true", function() nn.VectorQuantizer(2, 2, { decay = true }) end)
    fails("shape", "wants [N, ..., 2]", function() made():forward(ae.zeros { 1, 3 }) end)
    fails("shape", "VectorQuantizer:encode wants [N, ..., 2], got nil", function() made():encode() end)
    fails("shape", "VectorQuantizer:encode wants [N, ..., 2], got [1, 3]", function() made():encode(ae.zeros { 1, 3 }) end)
  end)
end)
