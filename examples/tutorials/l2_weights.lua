-- L2 on the weights, J = L + lambda * sum w^2, beside the same network without.
--
--   aelua examples/tutorials/l2_weights.lua [DATA] [EPOCHS]
local ae = require "aelua"
local nn = ae.nn

local train, test = ae.data.load((...) or "digits")
local epochs = tonumber((select(2, ...))) or 20

for _, l2 in ipairs { 0, 1e-5, 1e-4 } do
  ae.seed(1)
  local model = ae.Autoencoder {
    input = train.shape,
    encoder = nn.Sequential { nn.Flatten(), nn.Dense(64, { activation = "relu", l2 = l2 }) },
    decoder = nn.Sequential { nn.Dense(train.shape, { activation = "sigmoid", l2 = l2 }) },
    loss = "mse",
    metrics = { "mse" },
  }
  model:fit(train, { epochs = epochs, batch_size = 256, optimizer = "adam", verbose = 0 })
  local result, length = model:evaluate(test), 0
  for _, parameter in ipairs(model:parameters()) do length = length + parameter:square():sum():item() end
  print(("lambda %g: objective %.5f, held-out mse %.5f, sum of squared weights %.1f"):format(
    l2, result.loss, result.mse, length))
end
