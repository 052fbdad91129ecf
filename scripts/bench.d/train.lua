--- train.lua DATA HIDDEN L2 SEED EPOCHS THREADS: one whole training, binary cross-entropy, Adam, batches of 256. Prints
--- the test loss, the seconds in fit and the most memory in kB.
local ae = require "aelua"
local nn = ae.nn

local data, hidden, l2, seed, epochs, threads = table.unpack(arg)
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

local function peak()
  for line in io.lines("/proc/self/status") do
    local kilobytes = line:match("^VmHWM:%s*(%d+)")
    if kilobytes then return kilobytes end
  end
  return "0"
end

print(("%.5f %.3f %s"):format(result.reconstruction or result.loss, seconds, peak()))
