-- The same network from different initial weights.
--
--   aelua examples/tutorials/initialisers.lua [DATA] [EPOCHS]
local ae = require "aelua"
local nn = ae.nn

local train, test = ae.data.load((...) or "digits")
local epochs = tonumber((select(2, ...))) or 10

local initialisers = {
  { "glorot_uniform", nn.init.glorot_uniform() },
  { "he_normal", nn.init.he_normal() },
  { "lecun_normal", nn.init.lecun_normal() },
  { "orthogonal", nn.init.orthogonal() },
  { "normal(0, 0.01)", nn.init.normal(0, 0.01) },
  { "normal(0, 1)", nn.init.normal(0, 1) },
  { "constant(0)", nn.init.constant(0) },
}
for _, entry in ipairs(initialisers) do
  local name, init = entry[1], entry[2]
  ae.seed(1)
  local model = ae.Autoencoder {
    input = train.shape,
    encoder = nn.Sequential { nn.Flatten(), nn.Dense(64, { activation = "relu", weight_init = init }) },
    decoder = nn.Sequential { nn.Dense(train.shape, { activation = "sigmoid", weight_init = init }) },
    loss = "bce",
  }
  local history = model:fit(train, { epochs = epochs, batch_size = 256, optimizer = "adam", verbose = 0 })
  print(("%-16s first epoch %.4f, last %.4f, held out %.4f"):format(
    name, history.epochs[1].loss, history:last().loss, model:evaluate(test).loss))
end
