--- train.lua DATA SEED EPOCHS THREADS HIDDEN L2: one whole training, binary cross-entropy, Adam, batches of 256. Prints
--- the test loss, the seconds in fit and the most memory in kB.
package.path = "scripts/bench.d/?.lua;" .. package.path
local ae = require "aelua"
local peak_memory = require "peak_memory"
local nn = ae.nn

local data, seed, epochs, threads, hidden, l2 = table.unpack(arg)
ae.threads(math.tointeger(threads))
ae.seed(math.tointeger(seed))
local train, test = ae.data.load(data)
local encoder, decoder = { nn.Flatten() }, {}
for units in hidden:gmatch("%d+") do
  encoder[#encoder + 1] = nn.Dense(math.tointeger(units), { activation = "relu", l2 = tonumber(l2) })
end
decoder[1] = nn.Dense(train.shape, { activation = "sigmoid", l2 = tonumber(l2) })
local model = ae.Autoencoder {
  input = train.shape, encoder = nn.Sequential(encoder), decoder = nn.Sequential(decoder), loss = "bce",
}
local began = ae.clock()
model:fit(train, { epochs = math.tointeger(epochs), batch_size = 256, optimizer = ae.optim.Adam { lr = 1e-3 }, verbose = 0 })
local seconds = ae.clock() - began

local result = model:evaluate(test, { batch_size = 256 })

print(("%.5f %.3f %s"):format(result.reconstruction or result.loss, seconds, peak_memory()))
