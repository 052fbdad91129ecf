--- train_vae.lua DATA SEED EPOCHS THREADS: one whole training of the variational autoencoder of examples/vae.lua, with a
--- pass over the test data after every epoch. Prints the test loss in nats, the seconds in fit and the most memory in kB.
package.path = "scripts/bench.d/?.lua;" .. package.path
local ae = require "aelua"
local peak_memory = require "peak_memory"
local nn = ae.nn

local data, seed, epochs, threads = table.unpack(arg)
ae.threads(math.tointeger(threads))
ae.seed(math.tointeger(seed))
local train, test = ae.data.load(data)
local vae = ae.VAE {
  input = train.shape, latent = 20,
  encoder = nn.Sequential { nn.Flatten(), nn.Dense(400, "relu") },
  decoder = nn.Sequential { nn.Dense(400, "relu"), nn.Dense(train.shape) },
  likelihood = "bernoulli",
}
local began = ae.clock()
local history = vae:fit(train, {
  epochs = math.tointeger(epochs), batch_size = 128, validation = test, optimizer = ae.optim.Adam { lr = 1e-3 }, verbose = 0,
})
local seconds = ae.clock() - began
print(("%.5f %.3f %s"):format(history:last().val_loss, seconds, peak_memory()))
