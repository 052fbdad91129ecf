-- Transfer: what an autoencoder learns without labels helps where labels are few.
-- An encoder is trained on all pictures, of which 70 % are hidden in 4 x 4 patches,
-- to give the whole picture (as in He and others, "Masked autoencoders are scalable
-- vision learners", 2022, with convolutions). Then it is frozen, and a small
-- classifier on top of it learns from ten labelled pictures of each class; beside
-- it, the same network learns from scratch on the same pictures.
--
--   aelua examples/transfer.lua [DATA] [EPOCHS] [LABELS]
--
-- DATA: a folder of IDX files (MNIST); without it, the embedded 1,797 digits.
-- EPOCHS: of the autoencoder. LABELS: how many of each class, 10.
-- MNIST, 100 labels: from scratch 76.0 % of the held-out pictures right, on the
-- frozen encoder 82.5 %. Of the embedded 8 x 8 pictures patches leave too little:
-- 84.6 % and 82.9 %.
local ae = require "aelua"
local nn, optim, data = ae.nn, ae.optim, ae.data

local path, epochs, labels = ...
local train, test = data.load(path or "digits")
local classes, draws = #train.classes, 5

local function new_encoder()
  local function conv(filters, kernel)
    return nn.Conv2d(filters, kernel, { padding = "same", stride = 2, activation = "relu" })
  end
  return nn.Sequential { conv(16, 5), conv(32, 3), nn.Flatten(), nn.Dense(128) }
end

-- What the encoder is shown of x.
local function hide(x)
  local shown = ae.rand({ #x, x.shape[2] // 4, x.shape[3] // 4, 1 }):ge(0.7):to("f32")
  return x * ae.upsample(shown, 4)
end

ae.seed(42)
local encoder = new_encoder()
local model = ae.Autoencoder {
  input = train.shape, encoder = encoder, decoder = ae.mirror(encoder, { activation = "sigmoid" }), loss = "bce",
  corruption = hide,
}
print(model:summary())
model:fit(train, {
  epochs = tonumber(epochs) or (#train < 10000 and 50 or 10), batch_size = #train < 10000 and 32 or 128, optimizer = "adam",
})
encoder:freeze()

-- `count` random pictures of every class.
local function some_of_each(set, count)
  set = set:shuffle()
  local places, seen = {}, {}
  for place, label in ipairs(set:labels():totable()) do
    seen[label] = (seen[label] or 0) + 1
    if seen[label] <= count then places[#places + 1] = place end
  end
  return set:select(places)
end

local function train_classifier(network, labelled)
  local opt = optim.Adam { network, lr = 1e-3 }
  network:train()
  for _ = 1, 100 do
    for batch in labelled:batches { size = 25, shuffle = true } do
      local loss = nn.loss.cross_entropy_logits(network:forward(batch.input), batch.label)
      opt:zero_grad()
      loss:backward()
      opt:step()
    end
  end
  network:eval()
end

-- Percent of the held-out pictures that it gets right.
local function accuracy(network)
  local right = 0
  for batch in test:batches { size = math.min(500, #test) } do
    local guess = ae.no_grad(function() return network:forward(batch.input):argmax(2) end)
    right = right + guess:eq(batch.label):to("f32"):sum():item()
  end
  return 100 * right / #test
end

-- Held-out accuracy after training on the labelled pictures; a frozen encoder stays as it is.
local function classify(start, labelled)
  local network = nn.Sequential { start, nn.BatchNorm(), nn.Dense(128, "relu"), nn.Dense(classes) }
  network:build(train.shape)
  train_classifier(network, labelled)
  return accuracy(network)
end

local scratch, frozen = 0, 0
for _ = 1, draws do
  local labelled = some_of_each(train, tonumber(labels) or 10)
  scratch = scratch + classify(new_encoder(), labelled) / draws
  frozen = frozen + classify(encoder, labelled) / draws
end
print(("held-out accuracy, mean of %d draws of labels: from scratch %.1f %%, on the frozen encoder %.1f %%"):format(draws,
  scratch, frozen))
