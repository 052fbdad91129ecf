--- The embedded sample: 1,797 real 8x8 digits (E. Alpaydin, C. Kaynak, 1998, UCI
--- Machine Learning Repository; CC BY 4.0; see SOURCE.md). The published values
--- 0..16 are scaled to bytes, k * 255 / 16 rounded. The first 1,437 rows are for
--- training, the last 360 for testing; they come from different writers, mostly.
local core = require "aelua.core"
local Dataset = require "aelua.data.dataset"

local training_rows = 1437

--- Training and test part: samples {8, 8, 1}, classes "0" to "9".
---@return aelua.Dataset train
---@return aelua.Dataset test
return function()
  local t = core.embedded_table("aelua/data/digits.csv.gz", { header = false, label = -1 })
  local pixels = (t.values * (255 / 16) + 0.5):floor():to("u8"):reshape(-1, 8, 8, 1)
  local all = Dataset { input = pixels, labels = t.labels, classes = t.classes }
  return all:take(training_rows), all:skip(training_rows)
end
