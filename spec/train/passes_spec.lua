-- Which operations a training step of the usual models runs: a step passes over its tensors no more often than this.
local ae = require "aelua"
local nn, optim = ae.nn, ae.optim

-- The profile of one warm step on a batch of n samples.
local function profile_of(model, n, optimizer)
  optimizer = optimizer or optim.Adam { model, lr = 1e-3 }
  local batch = { input = ae.rand(n, table.unpack(model.input)) }
  return ae.profile(function()
    local loss = model:losses(batch)
    optimizer:zero_grad()
    loss:backward()
    optimizer:step()
  end, { warm_up = 1, shapes = true })
end

-- "dense forward" -> how often it ran.
local function calls_of(profile)
  local calls = {}
  for _, row in ipairs(profile.rows) do
    local name = row.operation .. " " .. row.direction
    calls[name] = (calls[name] or 0) + row.calls
  end
  return calls
end

-- The multiply-adds of an operation on inputs of these shapes.
local function products(profile, operation, direction, shapes)
  for _, row in ipairs(profile.rows) do
    if row.operation == operation and row.direction == direction and row.shapes == shapes then return row.flops / 2 end
  end
  error(("no %s %s of %s"):format(operation, direction, shapes))
end

local function autoencoder(encoder, decoder, loss, input)
  ae.seed(3)
  return ae.Autoencoder {
    input = input, encoder = nn.Sequential(encoder), decoder = nn.Sequential(decoder), loss = loss,
  }
end

local function dense()
  return autoencoder({ nn.Dense(8, "relu") }, { nn.Dense(40, "sigmoid") }, "bce", { 40 })
end

local function convolutional()
  return autoencoder({
    nn.Conv2d(4, 3, { padding = "same" }), nn.BatchNorm { activation = "relu" },
    nn.Conv2d(6, 3, { padding = "same", activation = "relu" }), nn.MaxPool2d(2),
  }, {
    nn.ConvTranspose2d(4, 3, { padding = "same", stride = 2, activation = "relu" }),
    nn.Conv2d(1, 3, { padding = "same", activation = "sigmoid" }),
  }, "bce", { 8, 8, 1 })
end

describe("a training step", function()
  it("has bias and activation in the product, sigmoid and bce in one, and all parameters in one Adam", function()
    assert.same({
      ["extremes forward"] = 1, -- whether the loss is for such targets
      ["dense forward"] = 2, ["bce_logits forward"] = 1,
      ["bce_logits backward"] = 1, ["dense backward"] = 2,
      ["adam_step forward"] = 1,
    }, calls_of(profile_of(dense(), 16)))
  end)

  it("takes no gradient of the data", function()
    local profile = profile_of(dense(), 16)
    assert.equal(16 * 40 * 8, products(profile, "dense", "backward", "[16, 40] [40, 8] [8]"))
    assert.equal(2 * 16 * 40 * 8, products(profile, "dense", "backward", "[16, 8] [8, 40] [40]"))
    profile = profile_of(convolutional(), 2)
    local first = products(profile, "conv2d", "forward", "[2, 8, 8, 1] [3, 3, 1, 4] [4]")
    assert.equal(first, products(profile, "conv2d", "backward", "[2, 8, 8, 1] [3, 3, 1, 4] [4]"))
    local second = products(profile, "conv2d", "forward", "[2, 8, 8, 4] [3, 3, 4, 6] [6]")
    assert.equal(2 * second, products(profile, "conv2d", "backward", "[2, 8, 8, 4] [3, 3, 4, 6] [6]"))
  end)

  it("has activations in convolutions and batch normalization", function()
    local profile = profile_of(convolutional(), 2)
    local calls, of_pictures = calls_of(profile), 0
    for _, row in ipairs(profile.rows) do
      if row.shapes:match("^%[2,") then of_pictures = of_pictures + row.calls end
    end
    for _, direction in ipairs { "forward", "backward" } do
      assert.equal(3, calls["conv2d " .. direction])
      assert.equal(1, calls["conv_transpose2d " .. direction])
      assert.equal(1, calls["batch_norm " .. direction])
      assert.equal(1, calls["max_pool2d " .. direction])
      assert.equal(1, calls["bce_logits " .. direction])
    end
    assert.equal(2 * (3 + 1 + 1 + 1 + 1) + 1, of_pictures) -- one look at the targets; the rest are the running means, and Adam
  end)

  it("is one operation a layer, with dropout and normalization too", function()
    local model = autoencoder({ nn.Dense(24, "gelu"), nn.Dropout(0.2), nn.Dense(8, "tanh") },
      { nn.Dense(24, "elu"), nn.LayerNorm(), nn.Dense(40) }, "mse", { 40 })
    assert.same({
      ["dense forward"] = 4, ["dropout forward"] = 1, ["layer_norm forward"] = 1, ["mse forward"] = 1,
      ["mse backward"] = 1, ["dropout backward"] = 1, ["layer_norm backward"] = 1, ["dense backward"] = 4,
      ["adam_step forward"] = 1,
    }, calls_of(profile_of(model, 16)))
  end)

  it("of a variational model draws codes in one pass and measures the divergence in one", function()
    ae.seed(4)
    local calls = calls_of(profile_of(ae.VAE {
      input = { 40 }, latent = 3,
      encoder = nn.Sequential { nn.Dense(8, "relu") },
      decoder = nn.Sequential { nn.Dense(8, "relu"), nn.Dense(40) },
    }, 16))
    for _, direction in ipairs { "forward", "backward" } do
      assert.equal(5, calls["dense " .. direction]) -- two of them the posterior's
      for _, operation in ipairs { "normal_sample", "normal_kl", "bce_logits", "add" } do
        assert.equal(1, calls[operation .. " " .. direction], operation .. " " .. direction)
      end
    end
    assert.equal(3, calls["gradient sum backward"]) -- mean, logarithm of variance and features go two ways each
    assert.equal(1, calls["adam_step forward"])
    assert.equal(1, calls["extremes forward"])
    assert.is_nil(calls["exp forward"])
    assert.is_nil(calls["mul forward"])
  end)

  it("calls any optimiser once for all parameters, one more where gradients are clipped", function()
    for _, name in ipairs { "adagrad", "adam", "adamw", "nadam", "rmsprop", "sgd" } do
      for _, clip in ipairs { false, 1 } do
        local model, steps = dense(), 0
        local optimizer = optim.by_name(name) { model, lr = 1e-3, clip_norm = clip or nil }
        local calls = calls_of(profile_of(model, 16, optimizer))
        for operation, count in pairs(calls) do
          if operation:find("_step forward", 1, true) then steps = steps + count end
        end
        assert.equal(1, steps, name)
        assert.equal(clip and 1 or nil, calls["gradient_norm forward"], name)
      end
    end
  end)

  it("of fit adds the gathering of its batch, and an epoch its shuffle; bytes are in range without a look", function()
    local given = { epochs = 1, batch_size = 16, verbose = 0 }
    local function calls_on(data)
      local model = dense()
      model:fit(data, given)
      return calls_of(ae.profile(function() model:fit(data, given) end))
    end
    local calls = {
      ["gather_scaled forward"] = 4, ["narrow forward"] = 4, -- the batch's places among the shuffled: a view
      ["dense forward"] = 8, ["bce_logits forward"] = 4,
      ["bce_logits backward"] = 4, ["dense backward"] = 8,
      ["adam_step forward"] = 4,
      ["randint forward"] = 1, ["sample_shuffled forward"] = 1,
    }
    assert.same(calls, calls_on(ae.full({ 64, 40 }, 51, { dtype = "u8" })))
    calls["extremes forward"] = 4 -- whether the loss is for such targets
    assert.same(calls, calls_on(ae.rand(64, 40)))
  end)
end)
