-- A scripted batch of experiments: every setting of a grid, with several seeds,
-- one CSV line each as it ends. A second run goes on where the file ends: what
-- stands there whole, for the same data and epochs, is not repeated.
--
--   aelua examples/sweep.lua [DATA] [EPOCHS] [CSV]
local ae = require "aelua"
local nn = ae.nn

local data_path, epochs, csv_path = ...
data_path = data_path or "digits"
local train, test = ae.data.load(data_path)
epochs, csv_path = tonumber(epochs) or 10, csv_path or "sweep.csv"

local grid = { units = { 8, 16, 32 }, lr = { 1e-3, 3e-3 }, seed = { 1, 2, 3 } }

local function key(units, lr, seed) return ("%s,%d,%d,%g,%d"):format(data_path, epochs, units, lr, seed) end

local done, text = {}, "data,epochs,units,lr,seed,loss,seconds\n"
local existing = io.open(csv_path, "r")
if existing then
  text = existing:read("a"):match("^.*\n") or text -- without a line that was cut short
  existing:close()
end
for settings in text:gmatch("([^\n]+),[^,\n]+,[^,\n]+\n") do done[settings] = true end

local out = assert(io.open(csv_path, "w"))
out:write(text)
out:flush()

local ran, skipped = 0, 0
for _, units in ipairs(grid.units) do
  for _, lr in ipairs(grid.lr) do
    for _, seed in ipairs(grid.seed) do
      local settings = key(units, lr, seed)
      if done[settings] then
        skipped = skipped + 1
      else
        ae.seed(seed)
        local model = ae.Autoencoder {
          input = train.shape,
          encoder = nn.Sequential { nn.Flatten(), nn.Dense(units, "relu") },
          decoder = nn.Sequential { nn.Dense(train.shape, "sigmoid") },
          loss = "bce",
        }
        local began = ae.clock()
        model:fit(train, { epochs = epochs, batch_size = 128, optimizer = ae.optim.Adam { lr = lr }, verbose = 0 })
        local loss = model:evaluate(test).loss
        out:write(("%s,%.5f,%.2f\n"):format(settings, loss, ae.clock() - began))
        out:flush()
        print(("units %d, lr %g, seed %d: held-out loss %.5f"):format(units, lr, seed, loss))
        ran = ran + 1
      end
    end
  end
end
out:close()
print(("%d experiments run, %d already in %s"):format(ran, skipped, csv_path))
