-- Digits on demand: a variational autoencoder that is told which digit it sees, so
-- that a code holds the way of writing and the label says what is written.
--
--   aelua examples/conditional_vae.lua [DATA] [EPOCHS]
--
-- Held-out loss on MNIST after 10 epochs: 105.70 nats.
local ae = require "aelua"
local nn, optim, data = ae.nn, ae.optim, ae.data

local path, epochs = ..., tonumber((select(2, ...)))
local train, test = data.load(path or "digits")
local classes = #train.classes

ae.seed(42)
local cvae = ae.ConditionalVAE {
  input = train.shape, latent = 10, classes = classes,
  encoder = nn.Sequential { nn.Flatten(), nn.Dense(400, "relu") },
  decoder = nn.Sequential { nn.Dense(400, "relu"), nn.Dense(train.shape) },
}
cvae:fit(train, {
  epochs = epochs or 10, batch_size = 128, validation = test, optimizer = optim.Adam { lr = 1e-3 },
})
print(("held-out: %.2f nats"):format(cvae:evaluate(test).loss))

-- A row for each class: the same ten codes written as each digit.
local codes = ae.randn(10, cvae.latent)
local rows = {}
for class = 1, classes do rows[class] = cvae:decode(codes, { labels = class }) end
ae.image.save("digits.png", ae.image.grid(ae.concat(rows, 1), { columns = 10 }))

-- The same hand writing another digit: codes of held-out digits, decoded as sevens.
local few = test:take(10)
local seven
for class, name in ipairs(train.classes) do
  if name == "7" then seven = class end
end
ae.image.save("sevens.png", ae.image.pairs(few, cvae:decode(cvae:encode(few), { labels = seven })))
print("wrote digits.png (ten codes, each written as every digit), sevens.png (held-out digits, rewritten as sevens)")
