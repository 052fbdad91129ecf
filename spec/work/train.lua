-- What scripts/count-work counts: `train.lua MODEL EPOCHS` trains a small model, two steps an epoch.
local ae = require "aelua"
local nn = ae.nn

local models = {}

function models.dense()
  return ae.Autoencoder {
    input = { 784 },
    encoder = nn.Sequential { nn.Dense(32, "relu") },
    decoder = nn.Sequential { nn.Dense(784, "sigmoid") },
    loss = "bce",
  }
end

function models.conv()
  return ae.Autoencoder {
    input = { 16, 16, 1 },
    encoder = nn.Sequential {
      nn.Conv2d(8, 3, { padding = "same", activation = "relu" }), nn.MaxPool2d(2),
      nn.Conv2d(16, 3, { padding = "same", stride = 2 }), nn.BatchNorm { activation = "relu" },
    },
    decoder = nn.Sequential {
      nn.ConvTranspose2d(8, 3, { padding = "same", stride = 2, activation = "relu" }), nn.UpSampling2d(2),
      nn.Conv2d(1, 3, { padding = "same", activation = "sigmoid" }),
    },
    loss = "bce",
  }
end

function models.vae()
  return ae.VAE {
    input = { 14, 14, 1 }, latent = 8,
    encoder = nn.Sequential { nn.Flatten(), nn.Dense(64, "relu") },
    decoder = nn.Sequential { nn.Dense(64, "relu"), nn.Dense { 14, 14, 1 } },
  }
end

ae.seed(1)
local model = models[arg[1]]()
local x = ae.rand(128, table.unpack(model.input))
model:fit(x, { epochs = math.tointeger(arg[2]), batch_size = 64, optimizer = "adam", verbose = 0 })
