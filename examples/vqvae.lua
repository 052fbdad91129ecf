-- The vector-quantised VAE of Keras's examples: codes of 16 numbers out of 128, one
-- for each place of a 7x7 grid (2x2 for the embedded digits), 30 epochs; and a prior
-- of its tokens, from which new pictures are drawn.
--
--   aelua examples/vqvae.lua [DATA] [EPOCHS] [SEED]
--
-- DATA: a folder of IDX files (MNIST); without it, the embedded 1,797 digits.
-- The Gaussian likelihood's variance is half the data's, so that the loss is the
-- squared error over the data's variance beside the commitment, as it is there. On
-- MNIST, seed 42, 30 epochs: 0.0308 of it, 0.0303 held out, 128 of 128 codes in use.
local ae = require "aelua"
local nn, optim, data = ae.nn, ae.optim, ae.data

local path, epochs, seed = ...
local train, test = data.load(path or "digits")

ae.seed(tonumber(seed) or 42)
local variance = train:tensor():var():item()
local vqvae = ae.VQVAE {
  input = train.shape, codes = 128,
  encoder = nn.Sequential {
    nn.Conv2d(32, 3, { stride = 2, padding = "same", activation = "relu" }),
    nn.Conv2d(64, 3, { stride = 2, padding = "same", activation = "relu" }),
    nn.Conv2d(16, 1),
  },
  decoder = nn.Sequential {
    nn.ConvTranspose2d(64, 3, { stride = 2, padding = "same", activation = "relu" }),
    nn.ConvTranspose2d(32, 3, { stride = 2, padding = "same", activation = "relu" }),
    nn.ConvTranspose2d(train.shape[3], 3, { padding = "same" }),
  },
  likelihood = { "gaussian", variance = variance / 2 }, metrics = { "mse" },
}
print(vqvae:summary())

local history = vqvae:fit(train, {
  epochs = tonumber(epochs) or 30, batch_size = 128, validation = test, optimizer = optim.Adam { lr = 1e-3 },
})
local row = history:last()
print(("squared error over the data's variance: %.4f, held out %.4f; %d of %d codes in use, perplexity %.1f"):format(
  row.mse / variance, row.val_mse / variance, row.codes_used, vqvae.codes, row.perplexity))

local few = test:take(10)
ae.image.save("reconstructions.png", ae.image.pairs(few, vqvae:reconstruct(few)))

-- Every picture is a few numbers of codes, which are all that need be kept.
local tokens = vqvae:tokens(few)
print(("a picture of %s values is %s numbers from 1 to %d"):format(table.concat(train.shape, "x"),
  table.concat(tokens[1].shape, "x"), vqvae.codes))
local same = vqvae:decode(tokens):eq(vqvae:reconstruct(few)):all():item()
print("decoded from the numbers alone: " .. (same == 1 and "the same pictures" or "other pictures"))

-- New pictures want a prior of tokens, which is trained on those of the training pictures once the codes stand: each
-- token's probabilities follow from the tokens before it, by masked layers (Germain and others, "MADE", 2015).
local known = vqvae:tokens(train):flatten(2)                     -- [N, places]
local places, codes = known.shape[2], vqvae.codes
local order = {}                                                 -- the place that each number of a one-hot picture is of
for i = 1, places * codes do order[i] = (i - 1) // codes + 1 end
local inner = nn.MaskedDense.spread(512, places)
local prior = nn.Sequential {
  nn.Flatten(), nn.MaskedDense(512, { inputs = order, degrees = inner, activation = "relu" }),
  nn.MaskedDense(places * codes, { inputs = inner, degrees = order, strict = true }), nn.Reshape { places, codes },
}
local function probabilities(drawn)                              -- [N, places] i32 -> a distribution of the same
  return ae.dist.Categorical(prior:forward(ae.one_hot(drawn, codes, { dtype = ae.real })))
end

local opt = optim.Adam { prior, lr = 1e-3 }
for epoch = 1, math.min(10, tonumber(epochs) or 10) do
  local total = 0
  for batch in data.Dataset { input = known }:batches { size = 128, shuffle = true } do
    local loss = -probabilities(batch.input):log_prob(batch.input):mean()
    opt:zero_grad()
    loss:backward()
    opt:step()
    total = total + loss:item() * batch.size
  end
  print(("prior of tokens, epoch %d: %.2f nats a picture, %.2f where all are equally likely"):format(epoch, total / #known,
    places * math.log(codes)))
end

local function draw(n)
  local drawn = ae.ones({ n, places }, { dtype = "i32" })
  for place = 1, places do drawn[{ {}, place }] = probabilities(drawn):sample()[{ {}, place }] end
  return drawn:reshape { n, table.unpack(tokens[1].shape) }
end
ae.image.save("samples.png", ae.image.grid(vqvae:sample(32, { from = draw }):clamp(0, 1), { columns = 8 }))
vqvae:save("vqvae.safetensors")
print("wrote reconstructions.png, samples.png, vqvae.safetensors")
